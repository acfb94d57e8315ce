"""The Slack stand-in, which speaks Slack's protocols: Web API, Socket Mode, signed HTTP."""
