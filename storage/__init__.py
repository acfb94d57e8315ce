"""SQLite through sqlite-utils: orders, nodes, watches, outbox, audit. No business rules."""
