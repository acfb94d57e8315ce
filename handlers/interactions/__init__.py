"""One thing that a person did in Slack: what is there to do it with, and how the person is answered."""
