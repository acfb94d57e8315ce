"""Buying and returning on the stand-in: products, carts, orders, payment, refunds, addresses and freight."""
