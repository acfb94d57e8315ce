"""A PandaPon server that verifies signatures and keeps orders whose nodes arrive as time passes."""
