"""The page: talk to the served personas, look into their memory, make new ones, compare, and read results."""

from personae.serve.page.attach import attach

__all__ = ["attach"]
