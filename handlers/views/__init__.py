"""Block Kit builders: pure functions, values in, messages out."""
