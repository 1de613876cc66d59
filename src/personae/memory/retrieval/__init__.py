"""Finding turns again: by words (BM25), by meaning (vectors), fused, filtered, and each hit explained."""

from personae.memory.retrieval.filters import Filters
from personae.memory.retrieval.fusion import Weights
from personae.memory.retrieval.hybrid import Forgetting, Found, Hit, Retriever

__all__ = ["Filters", "Forgetting", "Found", "Hit", "Retriever", "Weights"]
