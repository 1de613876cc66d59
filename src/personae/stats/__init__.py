"""Numbers about numbers: intervals, paired comparisons, and the few distributions they need."""
