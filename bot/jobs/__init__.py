"""Jobs with I/O that the scheduler runs: poll, deliver, housekeeping."""
