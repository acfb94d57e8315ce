"""Connecting a workspace to its PandaPon account, where one installation serves many workspaces."""
