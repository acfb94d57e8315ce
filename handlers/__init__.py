"""What a person does in Slack. Feature folders declare commands, buttons and forms; ``listeners`` attaches them."""
