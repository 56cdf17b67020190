"""The dashboard: a face that shows snapshots and never queries, prices or reads files."""
