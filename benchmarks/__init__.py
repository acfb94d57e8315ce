"""Performance figures as ratios within one run: `make bench`."""
