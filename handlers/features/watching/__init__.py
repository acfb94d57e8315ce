"""The orders that channels watch: watch and unwatch, all orders, stall alarms, and the orders that a message names."""
