"""Stand-ins for PandaPon and Slack, for the demo and the tests."""
