"""Goods: the search on both platforms."""
