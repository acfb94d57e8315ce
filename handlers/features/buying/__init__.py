"""Orders: made from the cart or from products, paid, cancelled and received."""
