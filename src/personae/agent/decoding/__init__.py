"""How an answer is got out of a model: one sample, or the best of several by one of these methods.

    SimOAP            fits the question, and the persona entails it        pair scorer
    NLIRerank         any score, contradictions sink                       pair scorer
    MMI, Likelihood   specific to this message; likely                     model with exact scores
    PersonaPrompted   any score, read after the persona's own words        embedder
    MultiWorld        more persona per token: guidance, self-consciousness  hf or embedded model
    Cautious          several ways where the model is unsure               hf or embedded model
    Weighted          knobs for repetition, rarity, relatedness, questions  hf or embedded model

`BestOf(n, score)` takes any score; `select` chooses among given candidates.
"""

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.cautious import Cautious
from personae.agent.decoding.intensity import AutoIntensity
from personae.agent.decoding.mixing import Guidance, SelfConscious
from personae.agent.decoding.mmi import MMI, Likelihood
from personae.agent.decoding.nearness import NearPersona, NearTalk, PlusPersona, SharesWords
from personae.agent.decoding.nli_rerank import NLIRerank
from personae.agent.decoding.persona_prompted import PersonaPrompted
from personae.agent.decoding.sample import Sample
from personae.agent.decoding.scores import fresh_wording
from personae.agent.decoding.select import Choice, select
from personae.agent.decoding.simoap import SimOAP
from personae.agent.decoding.weighted import Weighted
from personae.agent.decoding.worlds import MultiWorld, rank_worlds, self_conscious

__all__ = [
    "MMI",
    "AutoIntensity",
    "BestOf",
    "Cautious",
    "Choice",
    "Guidance",
    "Likelihood",
    "MultiWorld",
    "NLIRerank",
    "NearPersona",
    "NearTalk",
    "PersonaPrompted",
    "PlusPersona",
    "Sample",
    "SelfConscious",
    "SharesWords",
    "SimOAP",
    "Weighted",
    "fresh_wording",
    "rank_worlds",
    "select",
    "self_conscious",
]
