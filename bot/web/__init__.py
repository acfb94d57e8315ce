"""What the process answers over HTTP, and what it lets in."""
