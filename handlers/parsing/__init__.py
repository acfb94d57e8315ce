"""Reads typed commands: tokens, ids, options, channels. A usage error carries the corrected command."""
