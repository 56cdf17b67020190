"""Other routes for the work that was done: what they would cost, and if it is clear."""
