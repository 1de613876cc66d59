"""Many turns, many people: what happens when personas meet."""
