"""tokentui: what your coding agents have cost, how fast, and when you meet your cap."""

__version__ = "0.1.0"
