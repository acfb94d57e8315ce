"""`pandabot doctor`: what a bug report needs, in one Markdown text without secrets, ids, names or contents.

The command changes nothing, and a bot may run meanwhile. A sentence stands in the place of a part that cannot be read.
"""
