"""Numbers about texts and arrays; no model is asked."""
