"""What was typed: tokens, ids, options, channels; a usage error carries the corrected command."""
