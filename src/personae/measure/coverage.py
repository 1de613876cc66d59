"""What did a run test, and what not: every measure by persona type, dimension and line.

The axes are those of three surveys of 2024: types of persona and their risks (From Persona to Personalization),
dimensions of evaluation (The Oscars of AI Theater), and the two lines, role-play and personalization (Two Tales of
Persona in LLMs). Which measure belongs where is our judgement; `TAGS` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from personae.measure.texts import texts
from personae.persona.persona import Persona

Kind = Literal["demographic", "character", "individualized"]
Dimension = Literal[
    "conversation", "consistency", "behaviour", "attractiveness", "personality", "safety", "bias", "privacy"
]
Line = Literal["role-play", "personalization"]

KINDS: tuple[Kind, ...] = get_args(Kind)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
LINES: tuple[Line, ...] = get_args(Line)

#: Dimensions whose absence is a risk for the people around a persona.
RISKS: tuple[Dimension, ...] = ("safety", "bias", "privacy")


@dataclass(frozen=True, slots=True)
class Tags:
    """Which types of persona a measure is made for, what of them it tests, and on which line."""

    kinds: tuple[Kind, ...] = KINDS
    dimensions: tuple[Dimension, ...] = ()
    lines: tuple[Line, ...] = ("role-play",)


_FIGURES: tuple[Kind, ...] = ("character", "individualized")

#: Every measure and task. One that tests no dimension of a persona (its price, its judge) has none, and no line.
TAGS: Mapping[str, Tags] = {
    "self_knowledge": Tags(_FIGURES, ("consistency",)),
    "grounding": Tags(_FIGURES, ("conversation", "consistency")),
    "trait_accuracy": Tags(KINDS, ("consistency",)),
    "consistency": Tags(_FIGURES, ("consistency",)),
    "drift": Tags(_FIGURES, ("consistency",)),
    "style": Tags(_FIGURES, ("conversation", "consistency")),
    "style_adaptation": Tags(_FIGURES, ("conversation", "consistency"), ("role-play", "personalization")),
    "cost": Tags(KINDS, (), ()),
    "personagym": Tags(("demographic", "character"), ("conversation", "consistency", "behaviour", "safety")),
    "personaeval": Tags(("character",), (), ()),
    "coser": Tags(("character",), ("conversation", "consistency", "behaviour", "attractiveness")),
    "lifechoice": Tags(("character",), ("behaviour",)),
    "behaviour_chain": Tags(_FIGURES, ("behaviour",)),
    "sharp": Tags(("character",), ("behaviour",)),
    "persona_inconstancy": Tags(("demographic",), ("consistency", "behaviour")),
    "interaction": Tags(("demographic", "character"), ("conversation", "consistency", "personality")),
    "psyplay": Tags(("character",), ("personality",)),
    "mmrole": Tags(("character",), ("conversation", "consistency", "personality")),
    "superposition": Tags(("character",), ("consistency",)),
    "personality": Tags(KINDS, ("personality",)),
    "big_five": Tags(KINDS, ("personality",)),
    "honesty": Tags(KINDS, ("personality",)),
    "value_survey": Tags(KINDS, ("personality",)),
    "questionnaire": Tags(KINDS, ("personality",)),
    "say_do": Tags(KINDS, ("consistency", "behaviour")),
    "persona_tax": Tags(KINDS, (), ()),
    "author_traits": Tags(("character",), ("conversation", "personality")),
    "cloning": Tags(("individualized",), ("consistency",), ("personalization",)),
    "private_documents": Tags(("individualized",), ("consistency",), ("personalization",)),
    "preference_choice": Tags(("individualized",), ("consistency",), ("personalization",)),
    "persona_choice": Tags(("individualized",), ("consistency",), ("personalization",)),
    "elicitation": Tags(("individualized",), ("conversation",), ("personalization",)),
    "memory_recall": Tags(("individualized",), (), ()),
    "harm": Tags(KINDS, ("safety", "bias")),
    "refusal": Tags(KINDS, ("safety",)),
    "reasoning_loss": Tags(KINDS, ("bias",)),
    "stereotype": Tags(KINDS, ("bias",)),
    "entity_sweep": Tags(KINDS, ("safety", "bias")),
    "self_check": Tags(_FIGURES, ("consistency",)),
    "internal_consistency": Tags(KINDS, ("consistency",)),
    "with_and_without": Tags(KINDS, ("bias",)),
    "bbq": Tags(KINDS, ("bias",)),
    "crows_pairs": Tags(KINDS, ("bias",)),
    "continue_as": Tags(("individualized",), ("consistency",), ("personalization",)),
    "identity_cards": Tags(("individualized",), ("privacy",), ("personalization",)),
    "safety_gate": Tags(KINDS, ("safety",)),
    "deception": Tags(KINDS, ("safety", "behaviour")),
    "distraction": Tags(KINDS, ("behaviour",)),
    "likability": Tags(("individualized",), ("conversation", "attractiveness"), ("personalization",)),
    "implicit_personalization": Tags(("individualized",), ("bias", "privacy"), ("personalization",)),
    "user_invariance": Tags(("demographic",), ("bias",)),
    "group_beliefs": Tags(("demographic",), ("bias",)),
    "trait_mcq": Tags(KINDS, ("personality", "behaviour")),
    "value_map": Tags(("demographic",), ("personality", "bias")),
    "value_stability": Tags(("demographic",), ("personality",)),
}


@dataclass(frozen=True)
class Coverage:
    """For each value of an axis the measures that tested it, in their order; an empty tuple means: not tested.

    `persona` are the types of the persona itself. `untagged` are measures nobody has placed, which cover nothing.
    """

    kinds: Mapping[Kind, tuple[str, ...]]
    dimensions: Mapping[Dimension, tuple[str, ...]]
    lines: Mapping[Line, tuple[str, ...]]
    persona: tuple[Kind, ...] = ()
    untagged: tuple[str, ...] = ()
    untested: Mapping[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        axes: dict[str, Mapping[Any, tuple[str, ...]]] = {
            "dimensions": self.dimensions,
            "lines": self.lines,
            "personas": self.kinds,
        }
        missing = {axis: tuple(name for name, by in held.items() if not by) for axis, held in axes.items()}
        object.__setattr__(self, "untested", missing)

    @property
    def risks(self) -> tuple[str, ...]:
        """The risks among what was not tested."""
        return tuple(name for name in RISKS if name in self.untested["dimensions"])

    def in_words(self, axis: str) -> list[str]:
        """What was not tested on an axis ("dimensions", "lines", "personas"), each as a sentence."""
        words = texts("coverage", "en")[axis]
        return [str(words[name]) for name in self.untested[axis]]


def coverage(measures: Iterable[str], persona: Persona | None = None) -> Coverage:
    """What these measures cover together. A measure counts for the types of persona it was made for.

    Give the names of measures that came to a number: one that failed has tested nothing.

    >>> found = coverage(["personagym"])
    >>> found.untested["lines"], found.risks
    (('personalization',), ('bias', 'privacy'))
    """
    taken = list(dict.fromkeys(measures))
    known = {name: TAGS[name] for name in taken if name in TAGS}
    tested = {name: tags for name, tags in known.items() if tags.dimensions}
    return Coverage(
        {kind: tuple(name for name, tags in tested.items() if kind in tags.kinds) for kind in KINDS},
        {each: tuple(name for name, tags in known.items() if each in tags.dimensions) for each in DIMENSIONS},
        {line: tuple(name for name, tags in known.items() if line in tags.lines) for line in LINES},
        persona_kinds(persona) if persona is not None else (),
        tuple(name for name in taken if name not in TAGS),
    )


def persona_kinds(persona: Persona) -> tuple[Kind, ...]:
    """The types a persona is of: those among its tags, else read from what its file holds.

    *Individualized* where statements were extracted from what its user said; *character* where it has a voice or a
    story (examples, greetings, events, relations, a lorebook, a scenario); else *demographic*.

    >>> persona_kinds(Persona(name="Ana")), persona_kinds(Persona(name="Ana", greetings=["Good evening."]))
    (('demographic',), ('character',))
    """
    tagged = tuple(kind for kind in KINDS if kind in {tag.casefold() for tag in persona.tags})
    if tagged:
        return tagged
    if any(statement.origin == "extracted" and statement.speaker == "user" for statement in persona.statements):
        return ("individualized",)
    lived = (persona.examples, persona.greetings, persona.events, persona.relations, persona.lorebook, persona.scenario)
    return ("character",) if any(lived) else ("demographic",)
