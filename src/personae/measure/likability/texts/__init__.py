"""What the simulated user is told, and our own users, as YAML."""
