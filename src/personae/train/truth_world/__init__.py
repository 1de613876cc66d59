"""A world small enough to see into: do speakers who tell the truth together become one persona inside a network?"""
