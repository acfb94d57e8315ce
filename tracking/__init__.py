"""The domain: values and pure rules, no I/O."""
