"""The carts of both platforms: the list, and changes of its lines."""
