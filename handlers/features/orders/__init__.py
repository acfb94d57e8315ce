"""The account's orders: the list, one order, and the parcels of one order."""
