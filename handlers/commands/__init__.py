"""Commands, buttons and forms as features declare them, and the registry that reads and answers commands."""
