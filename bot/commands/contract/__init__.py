"""`pandabot check --contract`: try each operation that only reads, once, and report what the contract had wrong."""
