"""SQLite: one file, one connection, one thread; with backups, restores and the checks of the file."""
