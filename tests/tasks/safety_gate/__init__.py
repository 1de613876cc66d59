"""The safety gate in Inspect."""
