"""The PandaPon stand-in: it verifies signatures, and its orders get new nodes as time passes."""
