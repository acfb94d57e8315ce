"""Orders that channels watch: watch, unwatch, all orders, alarms, and the orders that a message mentions."""
