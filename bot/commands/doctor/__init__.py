"""`pandabot doctor`: what a bug report needs, in one Markdown text without secrets, ids, names or contents.

It changes nothing, and a bot may run meanwhile. A part that cannot be read is a sentence in its place.
"""
