"""`pandabot api`: list the operations, call one from the terminal, or print the request that would be sent."""
