"""Questions that only private documents answer, as an Inspect task."""

from .private_documents import private_documents as private_documents
