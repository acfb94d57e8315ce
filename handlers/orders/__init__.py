"""Orders: one, the list of all, and the parcels of one."""
