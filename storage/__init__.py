"""The data that the bot keeps: orders, traces, watches, outbox, audit; on SQLite or PostgreSQL. No business rules."""
