"""A persona served: an API that any OpenAI client speaks, and a page, on one FastAPI app."""
