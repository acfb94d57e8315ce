"""Writes to the account at PandaPon: each is recorded first, sent once, and looked for if its answer was lost."""
