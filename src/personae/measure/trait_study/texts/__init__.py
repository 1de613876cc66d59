"""What subjects of a trait study are asked to write."""
