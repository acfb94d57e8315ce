"""Reads orders from PandaPon and decides what follows: the one way of the poller and of people who look an order up."""
