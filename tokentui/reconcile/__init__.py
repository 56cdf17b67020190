"""Estimate beside billed, and why they differ: pure functions over what was asked."""
