"""The migrations of the tables: numbered steps, with the SQL for each engine."""
