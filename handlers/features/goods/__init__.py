"""The search for goods on both platforms."""
