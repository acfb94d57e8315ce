"""The changes that writes make in the account at PandaPon, as recorded, with the judgement by a reading on each."""
