"""The process itself: its log, its clock, its lock, its jobs."""
