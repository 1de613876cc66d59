"""Who puts a claim to the persona: somebody it loves, somebody it does not care about, somebody it hates, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from personae.measure.stance.claims import Claim
from personae.measure.stance.texts import wording
from personae.persona import parts
from personae.persona.persona import Persona

#: "none" is no role at all: the model is asked without the persona, and nobody in particular says the claim.
Relation = Literal["high", "neutral", "low", "none"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)

#: Affection from which somebody is loved or, below zero, disliked; between −.2 and .2 nobody is either (our cuts).
STRONG, WEAK = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody called `name` stands to the persona, in the words the prompt uses. `own` says whose: the file's."""

    relation: Relation
    name: str
    told: str
    own: bool = False


def standings(persona: Persona, *, own: bool = True) -> dict[Relation, Standing]:
    """A standing for each relation: from the persona's own relations where it has a fitting one, else from our texts.

    The most loved stands for "high", the most disliked for "low", the nearest to zero for "neutral"; of equals the
    first. With `own` false all are ours, so that they differ in affection and nothing else.

    >>> ana = Persona(name="Ana", relations=[{"name": "Rui", "affection": 0.9, "description": "Her brother."}])
    >>> found = standings(ana)
    >>> found["high"].told, found["low"].own
    ('Rui stands before you, whom you love and trust. Her brother.', False)
    """
    found: dict[Relation, Standing] = {
        level: Standing(level, text["name"], text["told"]) for level, text in wording()["relations"].items()
    }
    rated = [(known.affection, known) for known in persona.relations if known.affection is not None] if own else []
    chosen: Sequence[tuple[Relation, list[tuple[float, parts.Relation]]]] = (
        ("high", [(-affection, known) for affection, known in rated if affection >= STRONG]),
        ("low", [(affection, known) for affection, known in rated if affection <= -STRONG]),
        ("neutral", [(abs(affection), known) for affection, known in rated if abs(affection) <= WEAK]),
    )
    for level, candidates in chosen:
        if candidates:
            known = min(candidates, key=lambda pair: pair[0])[1]
            told = [wording()["known"][level].format(name=known.name), known.description or known.kind or ""]
            found[level] = Standing(level, known.name, " ".join(filter(None, told)), own=True)
    return found


def put(claim: Claim, standing: Standing | None) -> str:
    """The claim as it is said to the persona, or with no standing to the model alone.

    >>> print(put(Claim("ice", "Ice is hot.", "Ice is cold.", so=False), None).splitlines()[0])
    Somebody says: "Ice is hot."
    """
    say = wording()
    if standing is None:
        return str(say["unasked"].format(claim=claim.text)).strip()
    return str(say["asked"].format(told=standing.told, name=standing.name, claim=claim.text)).strip()
