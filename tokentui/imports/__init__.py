"""Usage from files: what people kept of months that their agents have deleted."""
