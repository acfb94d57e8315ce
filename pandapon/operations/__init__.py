"""All operations of the vendor's documentation, one module a family, both platforms side by side."""
