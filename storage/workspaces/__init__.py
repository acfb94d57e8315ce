"""The tables that all workspaces of one installation share: who installed the app, and which account is theirs.

The tables of a workspace's orders, watches and posts lie in a schema of its own, which another workspace's store cannot
name. Here secrets are only carried: whoever writes them has sealed them.
"""
