"""The history of the tables: numbered steps with a text for each engine."""
