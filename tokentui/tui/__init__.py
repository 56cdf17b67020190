"""The dashboard: a face that shows snapshots, and never queries or prices."""
