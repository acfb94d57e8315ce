"""The tracking rules: what is news, and when to look again. Pure: no I/O and no clock of their own."""
