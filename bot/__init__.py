"""The process: wires storage, handlers and the PandaPon client together and runs them."""
