"""What a person does in Slack: parse, call, answer. Thin by intent."""
