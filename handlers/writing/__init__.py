"""Writes to the account at PandaPon: recorded first, sent once, and looked for where the answer was lost."""
