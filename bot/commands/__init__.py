"""What `pandabot …` does in a terminal."""
