"""The app's home."""
