"""Pairs of persona sentences with their labels, in our own words: slots, chat and opposites (the YAML files beside).

Label rules. Entailed: the same value said another way, or what a value is a kind of. Contradicted: another value of an
exclusive slot, a statement and its denial, like and dislike, have and have none, another number. Neutral: another slot,
another value of a slot that holds several, a denial of one value beside another value, hopes and pasts, and whatever is
said of somebody else, however alike the words.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL, Side

FOLDER = Path(__file__).parent
#: Share of premises that get chat around them, and of those whose apostrophes and negations are written otherwise.
CHATTY, INFORMAL = 0.4, 0.3
_CONTRACTIONS = (
    ("do not", "don't"), ("does not", "doesn't"), ("i am", "i'm"), ("cannot", "can't"), ("i have been", "i've been"),
    ("it is", "it's"), ("is not", "isn't"), ("i would", "i'd"), ("did not", "didn't"), ("that is", "that's"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Premise, hypothesis, label (0 contradiction, 1 neutral, 2 entailment), and the rule or file it comes from."""

    premise: str
    hypothesis: str
    label: int
    source: str


@dataclass(frozen=True, slots=True)
class Bearing:
    """A statement, a text, which side the text is (query or reply), and how much it bears on the statement, 0 … 1."""

    statement: str
    text: str
    side: Side
    target: float
    source: str


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a slot: the words in each kind of template, what it implies, and what shuts it out."""

    words: dict[str, str]
    implies: tuple[str, ...] = ()
    group: int = -1


@dataclass(frozen=True, slots=True)
class Slot:
    """Something people say about themselves; `rules` are the flags of the file."""

    name: str
    values: tuple[Value, ...]
    templates: dict[str, tuple[str, ...]]
    rules: frozenset[str]

    def has(self, kind: str) -> bool:
        """Whether there are templates of a kind."""
        return bool(self.templates.get(kind))


@cache
def slots() -> tuple[Slot, ...]:
    """All slots of the file."""
    return tuple(_slot(name, data) for name, data in _yaml("slots.yaml").items())


@cache
def talk() -> dict[str, tuple[str, ...]]:
    """Chat phrases and kin."""
    return {name: tuple(phrases) for name, phrases in _yaml("talk.yaml").items()}


@cache
def opposites() -> dict[str, Any]:
    """Words that shut each other out or say the same, frames for them, sentences that clash or follow from others."""
    return dict(_yaml("opposites.yaml"))


def _yaml(name: str) -> dict[str, Any]:
    return dict(YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8")))


def _slot(name: str, data: dict[str, Any]) -> Slot:
    values = [_value(str(value)) for value in data.get("values", ())]
    for group, pair in enumerate(data.get("pairs", ())):
        values += [Value({"v": str(value)}, group=group) for value in pair]
    values += [Value({"v": a, "v2": b, "v3": c}) for a, b, c in data.get("triples", ())]
    kinds = ("says", "denies", "none", "about", "hopes", "asks")
    rules = frozenset(key for key, value in data.items() if value is True)
    return Slot(name, tuple(values), {kind: tuple(data.get(kind, ())) for kind in kinds}, rules)


def _value(text: str) -> Value:
    words, _, implied = text.partition(" > ")
    return Value({"v": words}, tuple(part.strip() for part in implied.split(";") if part.strip()))


class Maker:
    """Draws labelled pairs; equal seeds give equal pairs."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        #: How often each rule is drawn.
        self.rules: tuple[tuple[Callable[[], Pair | None], float], ...] = (
            (self.paraphrase, 3.0), (self.implied, 2.0), (self.other_value, 4.0), (self.denied, 2.5),
            (self.against_implied, 1.0), (self.none_at_all, 0.7), (self.sentiment, 2.0), (self.other_slot, 2.5),
            (self.somebody_else, 2.5), (self.not_shut_out, 1.5), (self.denial_of_another, 0.7), (self.hope, 1.0),
            (self.small_talk, 0.7), (self.two_in_one, 0.7), (self.opposite, 1.5), (self.clash, 1.0),
            (self.follows, 1.0), (self.synonym, 1.2),
        )  # fmt: skip

    def pairs(self, count: int) -> list[Pair]:
        """`count` different pairs."""
        found: dict[tuple[str, str], Pair] = {}
        draw, weights = zip(*self.rules, strict=True)
        while len(found) < count:
            pair = self.rng.choices(draw, weights)[0]()
            if pair is not None and pair.premise != pair.hypothesis:
                found.setdefault((pair.premise, pair.hypothesis), pair)
        return list(found.values())

    def bearings(self, count: int) -> list[Bearing]:
        """`count` questions and replies beside statements, half of them about the statement's slot."""
        return [self.bearing() for _ in range(count)]

    # -- entailed

    def paraphrase(self) -> Pair | None:
        """The same value said, or denied, in two ways."""
        slot, value, who = self._pick()
        kind = "denies" if slot.has("denies") and self.rng.random() < 0.2 else "says"
        return self._made(
            self._say(slot, value, kind, who), self._say(slot, value, kind, who), ENTAILMENT, "paraphrase"
        )

    def implied(self) -> Pair | None:
        """What a value is a kind of, or brings with it."""
        slot, value, who = self._pick(lambda value: bool(value.implies))
        return self._made(self._say(slot, value, "says", who), self.rng.choice(value.implies), ENTAILMENT, "implied")

    def two_in_one(self) -> Pair | None:
        """Two slots in one breath beside one of them."""
        (slot, value, who), (other, filler, its) = self._pick(), self._pick()
        if slot.name == other.name:
            return None
        said = [self._say(slot, value, "says", who), self._say(other, filler, "says", its)]
        self.rng.shuffle(said)
        return self._made(" ".join(said), self._say(slot, value, "says", who), ENTAILMENT, "two in one")

    def follows(self) -> Pair | None:
        """A sentence and what everybody takes from it."""
        said, taken = self.rng.choice(opposites()["follows"])
        return self._made(said, taken, ENTAILMENT, "follows")

    def synonym(self) -> Pair | None:
        """One frame with two words that say the same."""
        words, frame = self.rng.choice(opposites()["same"][:_QUALITIES]), self.rng.choice(opposites()["frames"])
        return self._made(*self._either(*(frame.format(w=word) for word in words)), ENTAILMENT, "synonym")

    # -- contradicted

    def other_value(self) -> Pair | None:
        """Two values of a slot that holds one."""
        slot, value, who = self._pick(slot=lambda slot: "exclusive" in slot.rules)
        other = self._other(slot, value)
        if other is None:
            return None
        return self._made(
            self._say(slot, value, "says", who), self._say(slot, other, "says", who), CONTRADICTION, "other value"
        )

    def denied(self) -> Pair | None:
        """A value said and denied."""
        slot, value, who = self._pick(slot=lambda slot: slot.has("denies"))
        texts = self._either(self._say(slot, value, "says", who), self._say(slot, value, "denies", who))
        return self._made(*texts, CONTRADICTION, "denied")

    def against_implied(self) -> Pair | None:
        """A value beside what another value brings with it."""
        slot, value, who = self._pick(lambda value: bool(value.implies), lambda slot: "exclusive" in slot.rules)
        other = self._other(slot, value)
        implied = self.rng.choice(value.implies)
        if other is None or implied in other.implies or not (slot.rules & {"opposites"} or slot.name in _SHUT_BY_KIND):
            return None
        texts = self._either(self._say(slot, other, "says", who), implied)
        return self._made(*texts, CONTRADICTION, "against implied")

    def none_at_all(self) -> Pair | None:
        """One of something beside none of it."""
        slot, value, who = self._pick(slot=lambda slot: slot.has("none"))
        texts = self._either(self._say(slot, value, "says", who), self.rng.choice(slot.templates["none"]))
        return self._made(*texts, CONTRADICTION, "none at all")

    def sentiment(self) -> Pair | None:
        """A favourite and its dislike; or a favourite and plain liking, which is entailed."""
        likes = next(slot for slot in slots() if slot.name == "likes")
        slot, value, who = self._pick(slot=lambda slot: bool(slot.rules & {"likes"}) and slot.name != "likes")
        if self.rng.random() < 0.4:
            return self._made(
                self._say(slot, value, "says", who), self._say(likes, value, "says", who), ENTAILMENT, "favourite"
            )
        texts = self._either(self._say(slot, value, "says", who), self._say(likes, value, "denies", who))
        return self._made(*texts, CONTRADICTION, "sentiment")

    def opposite(self) -> Pair | None:
        """One frame with two words that shut each other out."""
        words, frame = self.rng.choice(opposites()["words"]), self.rng.choice(opposites()["frames"])
        texts = self._either(*(frame.format(w=word) for word in words))
        return self._made(*texts, CONTRADICTION, "opposite")

    def clash(self) -> Pair | None:
        """Two sentences that cannot both be true of one speaker."""
        return self._made(*self._either(*self.rng.choice(opposites()["clash"])), CONTRADICTION, "clash")

    # -- neutral

    def other_slot(self) -> Pair | None:
        """Two slots that have nothing to do with each other."""
        (slot, value, who), (other, filler, its) = self._pick(), self._pick()
        if slot.name == other.name or {slot.name, other.name} in _RELATED:
            return None
        return self._made(self._any(slot, value, who), self._any(other, filler, its), NEUTRAL, "other slot")

    def somebody_else(self) -> Pair | None:
        """A slot of somebody else beside the speaker's own."""
        slot, value, who = self._pick(slot=lambda slot: slot.has("about"))
        other = value if self.rng.random() < 0.3 else self.rng.choice(slot.values)
        texts = self._say(slot, value, "about", who), self._say(slot, other, "says", who)
        if "kin" in slot.rules or self.rng.random() < 0.3:
            texts = texts[1], texts[0]
        return self._made(*texts, NEUTRAL, "somebody else")

    def not_shut_out(self) -> Pair | None:
        """Two values of a slot that holds several."""
        slot, value, who = self._pick(slot=lambda slot: "exclusive" not in slot.rules)
        other = self._other(slot, value)
        if other is None:
            return None
        kinds = self.rng.choice((("says", "says"), ("says", "says"), ("denies", "denies")))
        if not slot.has(kinds[0]):
            return None
        return self._made(
            self._say(slot, value, kinds[0], who), self._say(slot, other, kinds[1], who), NEUTRAL, "not shut out"
        )

    def denial_of_another(self) -> Pair | None:
        """One value beside the denial of another."""
        slot, value, who = self._pick(slot=lambda slot: slot.has("denies") and "opposites" not in slot.rules)
        other = self._other(slot, value)
        if other is None:
            return None
        texts = self._either(self._say(slot, value, "says", who), self._say(slot, other, "denies", who))
        return self._made(*texts, NEUTRAL, "denial of another")

    def hope(self) -> Pair | None:
        """What is hoped for or past beside what is."""
        slot, value, who = self._pick(slot=lambda slot: slot.has("hopes"))
        other = self.rng.choice(slot.values)
        texts = self._either(self._say(slot, value, "hopes", who), self._say(slot, other, "says", who))
        return self._made(*texts, NEUTRAL, "hope")

    def small_talk(self) -> Pair | None:
        """Chat beside a statement."""
        slot, value, who = self._pick()
        return Pair(self.rng.choice(talk()["smalltalk"]), self._any(slot, value, who), NEUTRAL, "small talk")

    # -- relevance

    def bearing(self) -> Bearing:
        """A question or a reply, about the statement's slot or about another."""
        (slot, value, who), (other, filler, its) = self._pick(), self._pick()
        related = slot.name == other.name or {slot.name, other.name} in _RELATED
        about = self.rng.random() < 0.5
        statement = self._any(slot, value, who)
        if self.rng.random() < 0.6:
            if not about and (self.rng.random() < 0.4 or related):
                return Bearing(statement, self.rng.choice(talk()["smalltalk"]), "query", 0.0, "slots")
            asked = self._say(slot, value, "asks", who) if about else self._say(other, filler, "asks", its)
            return Bearing(statement, self._chat(asked, 0.3), "query", float(about), "slots")
        if about:
            reply = self._say(slot, value, "says", who)
        else:
            reply = self.rng.choice(talk()["smalltalk"]) if related else self._any(other, filler, its)
        return Bearing(statement, self._chat(reply), "reply", float(about), "slots")

    # -- drawing

    def _pick(
        self, value: Callable[[Value], bool] = lambda _: True, slot: Callable[[Slot], bool] = lambda _: True
    ) -> tuple[Slot, Value, dict[str, str]]:
        while True:
            chosen = self.rng.choice(slots())
            values = [v for v in chosen.values if value(v)]
            if values and slot(chosen):
                who = {"kin": self.rng.choice(talk()["kin"]), "one": self.rng.choice(talk()["parents"])}
                return chosen, self.rng.choice(values), who

    def _other(self, slot: Slot, value: Value) -> Value | None:
        """Another value that the first one shuts out: its opposite, or one that neither implies nor shares a kind."""
        if value.group >= 0:
            return next(v for v in slot.values if v.group == value.group and v is not value)
        other = self.rng.choice(slot.values)
        if other is value or set(value.implies) & set(other.implies) or _nested(value, other):
            return None
        return other

    def _either(self, first: str, second: str) -> tuple[str, str]:
        return (first, second) if self.rng.random() < 0.5 else (second, first)

    def _say(self, slot: Slot, value: Value, kind: str, who: dict[str, str]) -> str:
        return self.rng.choice(slot.templates[kind]).format(**value.words, **who)

    def _any(self, slot: Slot, value: Value, who: dict[str, str]) -> str:
        kinds = [kind for kind in ("says", "says", "says", "denies", "hopes") if slot.has(kind)]
        return self._say(slot, value, self.rng.choice(kinds), who)

    def _made(self, premise: str, hypothesis: str, label: int, source: str) -> Pair:
        return Pair(self._informal(self._chat(premise)), self._informal(hypothesis), label, source)

    def _chat(self, text: str, share: float = CHATTY) -> str:
        if self.rng.random() >= share:
            return text
        before = self.rng.choice(talk()["before"]) + " " if self.rng.random() < 0.6 else ""
        after = " " + self.rng.choice(talk()["after"]) if self.rng.random() < 0.6 else ""
        return f"{before}{text}{after}"

    def _informal(self, text: str) -> str:
        if self.rng.random() < INFORMAL:
            for full, short in _CONTRACTIONS:
                text = text.replace(full, short)
        return text


#: So many of the words that say the same are qualities, which fit the frames; the rest are things and doings.
_QUALITIES = 78
#: Slots whose values shut out what another value implies, and pairs of slots that speak of the same thing.
_SHUT_BY_KIND = frozenset(("marital", "drink", "smoke", "height", "weight", "gender", "children", "siblings"))
_RELATED = tuple(
    {a, b}
    for group in (
        ("job", "workplace", "field", "study", "grade", "parent_job", "past", "habit"),
        ("home_city", "home_state", "origin", "dwelling", "household"),
        ("marital", "household", "children", "past"),
        ("pets", "favorite_animal", "likes", "allergy", "fear"),
        ("likes", "hobby", "favorite_food", "favorite_music", "favorite_season", "favorite_movie", "favorite_sport",
         "favorite_subject", "favorite_holiday", "favorite_color", "diet", "drink", "habit", "team", "possession"),
        ("vehicle", "possession"), ("instrument", "possession", "job"), ("weight", "health", "height", "habit"),
        ("health", "temper"), ("diet", "allergy", "favorite_food"), ("favorite_band", "favorite_music"),
        ("gender", "name", "age"), ("temper", "habit", "hobby", "favorite_subject"), ("language", "origin"),
        ("age", "grade"), ("age", "job"), ("fear", "favorite_animal"),
    )
    for a in group
    for b in group
    if a < b
)  # fmt: skip


def _nested(value: Value, other: Value) -> bool:
    """Is one value named in what the other implies ("a beagle" implies "a dog")?"""
    return any(one.words["v"] in implied for one, two in ((value, other), (other, value)) for implied in two.implies)
