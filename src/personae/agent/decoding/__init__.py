"""How an answer is got out of a model: one sample, or the best of several."""

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.sample import Sample
from personae.agent.decoding.scores import fresh_wording

__all__ = ["BestOf", "Sample", "fresh_wording"]
