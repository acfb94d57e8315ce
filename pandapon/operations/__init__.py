"""All operations of the vendor's documentation: a module for each family, with the operations of both platforms."""
