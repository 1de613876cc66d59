"""Role identification: who says this reply? What an item is, how it is asked, and what shared words alone reach.

The answer is known, so the judge is graded: somebody who cannot tell whose reply it is cannot say whether it is in
character. (PersonaEval, 2025; as specified in section 1.5 of the role-play specification.)
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from personae.errors import UsageError
from personae.judges.asking import filled, quoted
from personae.judges.qualification.wording import wording
from personae.models.choices import Mcq
from personae.types import Message

#: A judge chooses among so many people.
FEWEST, MOST = 3, 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may have said it: a name, and what they are like."""

    name: str
    profile: str


@dataclass(frozen=True, slots=True)
class SpeakerItem:
    """A reply, what came before it, and who may have said it; `gold` is the index of who did.

    `context` is the scene and the talk up to the reply, with neutral labels ("Character 1" spoke last) for names.
    Raises `UsageError` unless there are two candidates or more, each with a name of its own and a profile, and a reply.

    >>> ana, rui = Candidate("Ana", "Keeps bees."), Candidate("Rui", "Sings in bars.")
    >>> SpeakerItem("hive", "Character 1: What is that hum?", "Only my girls.", (ana, rui), 0).mcq().options
    ('Ana: Keeps bees.', 'Rui: Sings in bars.')
    """

    id: str
    context: str
    reply: str
    candidates: tuple[Candidate, ...]
    gold: int

    def __post_init__(self) -> None:
        if not self.reply.strip():
            raise UsageError(f"the item {self.id!r} has no reply; there is nobody to recognise")
        if empty := [who.name for who in self.candidates if not who.profile.strip()]:
            raise UsageError(f"in the item {self.id!r} {empty[0]!r} has no profile; leave such items out")
        names = {who.name for who in self.candidates}
        if len(names) < max(2, len(self.candidates)) or not 0 <= self.gold < len(self.candidates):
            raise UsageError(f"the item {self.id!r} has the candidates {sorted(names)!r} and the gold {self.gold!r}")

    def mcq(self) -> Mcq:
        """The item as a multiple-choice question: the candidates with their profiles are the options."""
        return Mcq(
            self.id,
            filled(wording()["speaker"]["ask"], {"reply": quoted("reply", self.reply)}).strip(),
            tuple(f"{who.name}: {' '.join(who.profile.split())}" for who in self.candidates),
            self.gold,
            before=(Message("system", wording()["speaker"]["system"].strip()),),
            context=quoted("scene", self.context) if self.context.strip() else "",
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """What somebody reaches who understands nothing, as a share of items: by guessing, and by shared words.

    to_beat: the larger of the two. Words may mislead, and whoever is only better than misled has shown nothing.
    """

    chance: float
    lexical: float
    n: int

    @property
    def to_beat(self) -> float:
        """What the lower bound of a judge's top-1 has to exceed."""
        return max(self.chance, self.lexical)


def lexical_baseline(items: Sequence[SpeakerItem]) -> Baseline:
    """Take the candidate whose profile is most like the reply by TF-IDF; equals share the credit.

    The weights are learned from all replies and profiles of the items. Raises `UsageError` for no items.

    >>> ana, rui = Candidate("Ana", "Keeps bees."), Candidate("Rui", "Sings in bars.")
    >>> lexical_baseline([SpeakerItem("hive", "", "Mind the bees!", (ana, rui), 0)])
    Baseline(chance=0.5, lexical=1.0, n=1)
    """
    from personae.metrics.tfidf import TfIdf
    from personae.stats.choices import credit

    if not items:
        raise UsageError("there is no item to take a baseline of; give one at least")
    profiles = dict.fromkeys(who.profile for item in items for who in item.candidates)
    model = TfIdf.fit([*profiles, *(item.reply for item in items)])
    found = [
        credit(model.similarities(item.reply, [who.profile for who in item.candidates]), item.gold) for item in items
    ]
    chance = math.fsum(1 / len(item.candidates) for item in items) / len(items)
    return Baseline(chance, math.fsum(found) / len(items), len(items))


def checksum(items: Sequence[SpeakerItem]) -> str:
    """SHA-256 of the items, in hex; their order does not matter, every letter of them does."""
    plain = sorted(json.dumps(asdict(item), sort_keys=True, ensure_ascii=True) for item in items)
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()
