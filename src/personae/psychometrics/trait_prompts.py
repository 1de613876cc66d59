"""A Big Five trait as words: one of nine levels, told by the adjectives that mark its two poles.

The words are data (`texts/trait_markers.en.yaml`, with their source); how a level is said is here. Nothing of this is
an instrument's item, so what a trait does can be measured by any instrument without asking it back its own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from personae.errors import UsageError
from personae.files import bundled
from personae.psychometrics.instrument import Instrument, nearest

if TYPE_CHECKING:
    from personae.persona.persona import Persona

#: The domains, by the letter instruments know them under.
DOMAINS = {
    "E": "extraversion",
    "A": "agreeableness",
    "C": "conscientiousness",
    "N": "neuroticism",
    "O": "openness",
}
LEVELS = range(1, 10)
MIDDLE = 5

#: The word before each adjective, by the distance of a level from the middle.
_QUALIFIER = {1: "a bit ", 2: "", 3: "very ", 4: "extremely "}

Pole = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class Trait:
    """A domain of the Big Five, by name or letter, at a level from 1 (extremely low) over 5 (neither) to 9.

    Raises `UsageError`, with the list, for a domain or a level that is not one.

    >>> Trait("extraversion", level=4).text[:45]
    "I'm a bit introverted, a bit unenergetic, a b"
    >>> Trait("E", 8).value, Trait("E", 8).pole
    (0.75, 'high')
    """

    domain: str
    level: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", domain_named(self.domain))
        if type(self.level) is not int or self.level not in LEVELS:
            raise UsageError(f"the level {self.level!r} is none of {', '.join(map(str, LEVELS))} (5 is neither nor)")

    @property
    def pole(self) -> Pole | None:
        """The side of the middle it lies on; None at level 5."""
        return None if self.level == MIDDLE else "high" if self.level > MIDDLE else "low"

    @property
    def value(self) -> float:
        """The level on −1 … 1, the scale of `Persona.personality.big_five`."""
        return (self.level - MIDDLE) / (LEVELS[-1] - MIDDLE)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What is said about each pair of markers: "very kind", "neither calm nor angry"."""
        pairs = markers()[self.domain]
        if self.pole is None:
            return tuple(f"neither {low} nor {high}" for low, high in pairs)
        qualifier = _QUALIFIER[abs(self.level - MIDDLE)]
        return tuple(qualifier + pair[self.level > MIDDLE] for pair in pairs)

    @property
    def text(self) -> str:
        """The whole sentence in the first person."""
        *first, last = self.phrases
        return f"I'm {', '.join(first)}, and {last}."


def trait_prompt(domain: str, level: int) -> str:
    """The sentence that gives a trait at a level, 1 … 9. Raises `UsageError` as `Trait` does.

    Source: the nine-level prompts of "Personality Traits in Large Language Models" (2023).

    >>> trait_prompt("agreeableness", 7)[:38]
    "I'm kind, cooperative, unselfish, agre"
    """
    return Trait(domain, level).text


def described(traits: Iterable[Trait], biography: str = "") -> str:
    """Traits in the order given, then the biography: the description of one simulated respondent.

    >>> described([Trait("N", 9)], "I keep bees.")[-46:]
    'd extremely emotionally unstable. I keep bees.'
    """
    return " ".join(part for part in (*(trait.text for trait in traits), biography.strip()) if part)


def given(persona: Persona, *traits: Trait) -> Persona:
    """The persona with these traits as its first statements (ids "trait-extraversion", …), one per domain.

    A trait of the same domain given before is replaced, and its `big_five` value goes: the sentence says it now.
    Raises `UsageError` for two traits of one domain.
    """
    domains = [trait.domain for trait in traits]
    if twice := {name for name in domains if domains.count(name) > 1}:
        raise UsageError(f"{min(twice)!r} is given twice; a persona has one level of a trait")
    ids = {f"trait-{name}" for name in domains}
    kept = [one.model_dump(mode="json") for one in persona.statements if one.id not in ids]
    said = [{"id": f"trait-{trait.domain}", "text": trait.text, "kind": "personality"} for trait in traits]
    character = persona.personality.model_dump(mode="json")
    character["big_five"] = {k: v for k, v in character.get("big_five", {}).items() if k not in domains}
    return persona.edited(statements=[*said, *kept], personality=character)


def statements_for(instrument: Instrument, domain: str, pole: Pole) -> str:
    """A trait told by the statements of an instrument that speak for one pole, in the instrument's order.

    Never measure it with the same instrument: it would be asked back its own words. Raises `UsageError` for an
    unknown domain and where no statement speaks for that pole.
    """
    wanted = 1 if pole == "high" else -1
    keys = instrument.scale(domain).keys
    texts = [item.text for item in instrument.items if keys.get(item.id) == wanted and item.text]
    if not texts:
        raise UsageError(f"{instrument.id!r} has no text that speaks for {pole} {instrument.name_of(domain)}")
    return " ".join(map(_sentence, texts))


def answers_told(instrument: Instrument, answers: Mapping[str, float]) -> str:
    """Somebody's answers as a prompt, a line an item: `- "I keep bees." – somewhat agree`, unanswered items left out.

    Answers are agreement with the wording; those of an instrument coded "scored" are turned back first. Raises
    `UsageError` for an item it does not have and for an answer that is no point of its scale.
    """
    lines = []
    for id, answer in answers.items():
        item, response = instrument.item(id), instrument.response
        turned = instrument.coding == "scored" and item.key == -1
        point = response.turned(answer) if turned else answer
        if point not in response.points:
            raise UsageError(f"the answer {answer!r} to {id!r} is no whole number {response.low} … {response.high}")
        lines.append(f'- "{_sentence(item.text)}" – {response.labels[int(point) - response.low]}')
    return "\n".join(lines)


def constitution(traits: Iterable[Trait]) -> tuple[str, ...]:
    """The same traits as single sentences, one a marker: what recipes that want a list of principles start from.

    >>> constitution([Trait("E", 9)])[2]
    'I am extremely talkative.'
    """
    return tuple(f"I am {phrase}." for trait in traits for phrase in trait.phrases)


def domain_named(name: str) -> str:
    """The full name of a domain given by name or letter, in any case. Raises `UsageError` with the list.

    >>> domain_named("o")
    'openness'
    """
    known = list(DOMAINS.values())
    found = DOMAINS.get(name.upper(), name.lower()) if isinstance(name, str) else ""
    if found not in known:
        near = nearest(found, known) if found else ""
        raise UsageError(f"there is no trait {name!r}; the traits are {', '.join(known)}{near}")
    return found


@cache
def markers() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The pairs of adjectives of each domain, low pole first: 52 pairs, 104 markers."""
    loaded = bundled(__package__, "texts/trait_markers.en.yaml")["markers"]
    return {domain: tuple((low, high) for low, high in pairs) for domain, pairs in loaded.items()}


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
