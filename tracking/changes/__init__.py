"""The changes that writes make in the account at PandaPon, as they are recorded, and what a reading says of each."""
