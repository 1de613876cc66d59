"""The deception matrix in Inspect."""
