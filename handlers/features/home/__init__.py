"""App Home: the tab, and the forms behind its buttons."""
