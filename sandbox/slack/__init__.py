"""A Slack server that speaks the real wire: Web API, Socket Mode, signed HTTP."""
