"""What the process keeps for all its readers."""
