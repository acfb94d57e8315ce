"""The demo's web page: the workspace of the stand-ins as a person sees it in Slack, in a browser."""
