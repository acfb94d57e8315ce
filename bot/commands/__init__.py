"""The subcommands of `pandabot` in a terminal."""
