"""Benchmarks as Inspect tasks, one folder each, and the run that takes several of them on one persona."""
