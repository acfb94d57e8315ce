"""Where things go: the account's addresses, and freight abroad."""
