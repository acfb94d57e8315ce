"""The tables that all workspaces share: the installations of the app, and the PandaPon account of each.

The tables of a workspace's orders, watches and posts are in a schema of its own, which another workspace's store cannot
name. Secrets are stored here only in sealed form: the caller seals and opens them.
"""
