"""Goods on both platforms: search, products, sellers, and the form that adds to the cart."""
