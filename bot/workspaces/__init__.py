"""Many workspaces in one installation: each has a bot of its own, behind one HTTP server."""
