"""What cost more than it had to, found in sessions response by response."""
