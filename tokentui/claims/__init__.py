"""What can be claimed back, from whom, and how it was reckoned."""
