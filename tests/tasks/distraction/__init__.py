"""The distraction test in Inspect."""
