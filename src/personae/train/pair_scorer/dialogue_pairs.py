"""Pairs made by our own rules from PersonaChat's training half (CC BY 4.0): what slots cannot invent, people wrote.

No label of anybody else is used. A statement is read by patterns into a relation and a value; negating it, another
value of an exclusive relation and other counts contradict it, a line of its own speaker that comes close to it entails
it, and what has nothing to do with it is neutral. Closeness is the embedder's cosine, which is also the soft target of
the relevance head: how near the true reply came to a statement says whether it used it.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from personae.train.pair_scorer.hearsay import told_of_another
from personae.train.pair_scorer.persona_pairs import Bearing, Pair, opposites, slots
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

Embed = Callable[[Sequence[str]], Any]

#: Cosines: from `SAME` on a speaker's line repeats a statement, from `NEAR` on two statements say the same, below `FAR`
#: texts have nothing to do with each other, and between `FAR` and `OPEN` they touch without following.
SAME, NEAR, OPEN, FAR = 0.64, 0.7, 0.5, 0.3
#: Share of statements that are also told of somebody else, and of questions taken.
SOMEBODY_ELSE, QUESTIONS = 0.7, 0.3
#: The cosine at which a reply is as likely as not to use a statement (18.6 % of pairs lie above, as in dialogue), and
#: how steep that is.
USED, STEEPNESS = 0.33, 18.0

_SPLIT_WORDS = (
    (r"\b(i) m\b", r"\1 am"), (r"\b(don|doesn|didn|can|won|isn|aren|couldn|wouldn|haven|wasn) t\b", r"\1't"),
    (r"\b(\w+) s (name|mom|dad|favorite|is|a|the)\b", r"\1's \2"), (r"\b(it|that|he|she|there) s\b", r"\1's"),
    (r"\bi (ve|ll|d)\b", r"i'\1"), (r"\s+([.,!?;:])", r"\1"), (r"\s+", " "),
)  # fmt: skip
_NUMBERS = frozenset(["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
#: Words that end like a trade and are none.
_NO_JOB = "(?:mother|father|brother|sister|lover|reader|runner|gamer|vegetarian|christian|collector|eater|person|woman|"
_NO_JOB += "human|believer|swimmer|hiker|drinker|smoker|loner|owner|winner|hunter|senior|junior|feminist|pacifist)\\b"
_COUNT = "no|an?|one|two|three|four|five|six|seven|eight|nine|ten|\\d{1,2}"
_READERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("favorite {0}", re.compile(r"my favou?rite ([a-z]+(?: [a-z]+)?) (?:is|are) (.+)")),
    ("job", re.compile(r"i (?:work|am employed) (?:as|at|in|for) (?:an? |the )?(.+)")),
    (
        "job",
        re.compile(
            rf"i am (?:currently )?an? ((?:\w+ ){{0,2}}(?!{_NO_JOB})\w+(?:er|or|ist|ian|man|nurse|chef|cook|clerk))$"
        ),
    ),
    ("home", re.compile(r"i (?:live|reside) in ((?!an? |the |my ).+)")),
    ("origin", re.compile(r"i (?:am|come|was born) (?:originally )?(?:from|in) ((?!an? |the |my ).+)")),
    ("age", re.compile(r"i am (?:an? )?(\d\d)(?: years? old)?(?: (?:man|woman|male|female))?")),
    ("name", re.compile(r"my name is (\w+)")),
    ("have {1}", re.compile(rf"i have ({_COUNT}) ([a-z]+(?: [a-z]+)?)")),
    ("like", re.compile(r"i (?:really )?(?:like|love|enjoy|adore) (?:to )?(.+)")),
    ("dislike", re.compile(r"i (?:really )?(?:hate|dislike|do not like|don't like|can't stand) (?:to )?(.+)")),
    ("drive", re.compile(r"i drive (.+)")),
    ("hair", re.compile(r"(?:i have|my hair is) (\w+)(?: hair)?$")),
)
_VERBS = "work|live|play|drive|own|want|need|eat|drink|go|wear|read|watch|listen|study|run|cook|collect|speak|make"
_EXCLUSIVE = ("favorite", "job", "home", "origin", "age", "name")
_NEGATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^i (?:really |also )?(?:love|like|enjoy|adore) ", "i hate "), (r"^i (?:hate|dislike) ", "i love "),
        (r"^i (?:do not|don't) (?=\w)", "i "), (r"^i can(?:not|'t) ", "i can "), (r"^i can ", "i cannot "),
        (r"^i am not ", "i am "), (r"^i am ", "i am not "), (r"^i have never ", "i have often "),
        (r"^i have (?=been |had |done |always |\w+ed )", "i have never "), (r"^i never ", "i always "),
        (r"^i (?:always|often|usually) ", "i never "), (rf"^i have (?:{_COUNT}) ", "i do not have any "),
        (r"^i have ", "i do not have "), (r"^i was ", "i was never "), (r"^i used to ", "i never used to "),
        (r"^my (.{2,30}?) (is|are|was) not ", r"my \1 \2 "), (r"^my (.{2,30}?) (is|are|was) ", r"my \1 \2 not "),
        (rf"^i ({_VERBS})\b",
         r"i do not \1"), (r"^we (.*)", r"it is not true that we \1"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """A partner's line, the speaker's reply, and the speaker's statements."""

    query: str
    reply: str
    persona: tuple[str, ...]


def read_turns(folder: Path) -> list[Turn]:
    """The parallel files `src-train.txt`, `tgt-train.txt`, `per-train.txt`, as people would write them."""
    lines = [(folder / f"{name}-train.txt").read_text(encoding="utf-8").splitlines() for name in ("src", "tgt", "per")]
    return [
        Turn(tidy(query), tidy(reply), tuple(map(tidy, persona.split("</s>"))))
        for query, reply, persona in zip(*lines, strict=True)
    ]


def read_personas(file: Path) -> list[str]:
    """Every statement of `train_personas.json` once, in order of first appearance."""
    clusters = json.loads(file.read_text(encoding="utf-8"))
    return list(
        dict.fromkeys(tidy(line) for groups in clusters.values() for group in groups for line in _leaves(group))
    )


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    else:
        for part in value:
            yield from _leaves(part)


def tidy(text: str) -> str:
    """Tokenised text as it would be written.

    >>> tidy("i don t like it , i m a cook")
    "i don't like it, i am a cook"
    """
    text = text.strip().lower()
    for pattern, replacement in _SPLIT_WORDS:
        text = re.sub(pattern, replacement, text)
    return text.strip()


def relation_of(statement: str) -> tuple[str, str] | None:
    """What a statement is about, and the value it gives; None where no pattern reads it.

    >>> relation_of("my favorite color is red."), relation_of("i have two dogs")
    (('favorite color', 'red'), ('have dogs', 'two'))
    """
    bare = statement.rstrip(".! ")
    for name, pattern in _READERS:
        match = pattern.match(bare)
        if match:
            groups = match.groups()
            return name.format(*groups), groups[1] if name.startswith("favorite") else groups[0]
    words = bare.removeprefix("i am a ").removeprefix("i am an ")
    return ("job", words) if words != bare and any(words.endswith(job) for job in _jobs()) else None


def sentences(text: str) -> list[str]:
    """A line cut after its full stops, exclamation and question marks.

    >>> sentences("i ski. do you?")
    ['i ski.', 'do you?']
    """
    return [part.strip() for part in re.findall(r"[^.!?]+[.!?]*", text) if part.strip(" .!?,")]


def negated(statement: str) -> str | None:
    """The statement's contrary by the first rule that fits.

    >>> negated("i love to ski."), negated("i have 4 cats.")
    ('i hate to ski.', 'i do not have any cats.')
    """
    for pattern, replacement in _NEGATIONS:
        if pattern.search(statement):
            return pattern.sub(replacement, statement, count=1)
    return None


def swapped(statement: str, rng: random.Random) -> list[str]:
    """The statement with a number, colour, place or other word replaced by one that shuts it out, once per family.

    >>> swapped("i love my old car", random.Random(0))
    ['i hate my old car', 'i love my young car']
    """
    return _exchanged(statement, _families(), rng)


def reworded(statement: str, rng: random.Random) -> list[str]:
    """The statement with a word replaced by one that says the same, once per such word.

    >>> reworded("i am glad to own a bike", random.Random(0))
    ['i am happy to own a bike', 'i am glad to own a bicycle', 'i am glad to possess a bike']
    """
    return _exchanged(statement, _synonyms(), rng)


def _exchanged(
    statement: str, families: Sequence[tuple[re.Pattern[str], tuple[str, ...]]], rng: random.Random
) -> list[str]:
    found = []
    for pattern, family in families:
        match = pattern.search(statement)
        if match:
            other = rng.choice([word for word in family if word != match[0]])
            found.append(statement[: match.start()] + other + statement[match.end() :])
    return found


@cache
def _families() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Words of one family shut each other out."""
    by_name = {slot.name: [value.words["v"] for value in slot.values] for slot in slots()}
    numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", *map(str, range(2, 90))]
    families = [numbers, by_name["favorite_color"], [*by_name["home_city"], *by_name["home_state"]]]
    return tuple(map(_family, [*families, *opposites()["families"].values(), *opposites()["words"]]))


@cache
def _synonyms() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(map(_family, opposites()["same"]))


def _family(words: Sequence[str]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), tuple(words)


class DialogueMaker:
    """Draws pairs from turns; equal seeds and turns give equal pairs."""

    def __init__(self, turns: Sequence[Turn], personas: Iterable[str], embed: Embed, seed: int) -> None:
        self.rng = random.Random(seed)
        self.turns = turns
        self.statements = sorted({statement for turn in turns for statement in turn.persona} | set(personas))
        self.at = {statement: index for index, statement in enumerate(self.statements)}
        self.vectors = embed(self.statements)
        self.replies = embed([turn.reply for turn in turns])
        self.lines = [sentences(turn.reply) for turn in turns]
        said = sorted({line for lines in self.lines for line in lines})
        self.said = dict(zip(said, embed(said), strict=True))
        self.relations = {statement: relation_of(statement) for statement in self.statements}
        self.by_relation: dict[str, list[str]] = defaultdict(list)
        for statement, relation in self.relations.items():
            if relation is not None:
                self.by_relation[relation[0]].append(statement)

    def pairs(self) -> list[Pair]:
        """Every pair the rules give, in random order, without repeats."""
        made = [*self._lines(), *self._statements(), *self._same_speaker(), *self._questions(), *self._somebody_else()]
        self.rng.shuffle(made)
        return list({(pair.premise, pair.hypothesis): pair for pair in made}.values())

    def bearings(self) -> list[Bearing]:
        """Each statement beside the query and the reply of its turn; the target says how surely the reply used it."""
        found = []
        for turn, reply in zip(self.turns, self.replies, strict=True):
            for statement in turn.persona:
                used = _used(self._cosine(reply, statement))
                found.append(Bearing(statement, turn.query, "query", used, "personachat"))
                found.append(Bearing(statement, turn.reply, "reply", used, "personachat"))
        return found

    def _lines(self) -> Iterable[Pair]:
        """A speaker's line beside the speaker's own statements, and beside what those shut out."""
        for turn, reply, lines in zip(self.turns, self.replies, self.lines, strict=True):
            for statement in turn.persona:
                line, cosine = self._nearest(lines, statement)
                if cosine >= SAME and self._agree(line, statement):
                    premise = turn.reply if self.rng.random() < 0.7 else line
                    yield Pair(premise, statement, ENTAILMENT, "line repeats")
                    for other in self._shut_out(statement, 3):
                        yield Pair(premise, other, CONTRADICTION, "line against value")
                    contrary = negated(statement)
                    if contrary is not None:
                        yield Pair(premise, contrary, CONTRADICTION, "line negated")
                elif cosine < OPEN and self.rng.random() < (0.12 if cosine < FAR else 0.5):
                    yield Pair(turn.reply, statement, NEUTRAL, "line beside own statement")
            if self.rng.random() < 0.25:
                foreign = self.rng.choice(self.statements)
                if self._cosine(reply, foreign) < FAR:
                    yield Pair(turn.reply, foreign, NEUTRAL, "line beside foreign statement")

    def _same_speaker(self) -> Iterable[Pair]:
        """Statements of one person: whatever their words share, they do not contradict."""
        for persona in sorted({turn.persona for turn in self.turns}):
            for first, second in itertools.combinations(persona, 2):
                if self._cosine(self.vectors[self.at[first]], second) < OPEN and self.rng.random() < 0.7:
                    yield Pair(*self._either(first, second), NEUTRAL, "same speaker")

    def _questions(self) -> Iterable[Pair]:
        """What is only asked, and what the partner says, tell nothing of the speaker, however near they come."""
        for turn, lines in zip(self.turns, self.lines, strict=True):
            for line in lines:
                if line.endswith("?") and self.rng.random() < QUESTIONS:
                    own = max(turn.persona, key=lambda statement: self._cosine(self.said[line], statement))
                    yield Pair(line, own, NEUTRAL, "question")
                    contrary = negated(own)
                    if contrary is not None:
                        yield Pair(line, contrary, NEUTRAL, "question")

    def _somebody_else(self) -> Iterable[Pair]:
        """A statement told of somebody else, beside the speaker's own, its contrary, or another value: never more than
        neutral."""
        for statement in self.statements:
            told = told_of_another(statement, self.rng) if self.rng.random() < SOMEBODY_ELSE else None
            own = [statement, negated(statement), *self._shut_out(statement, 1), *swapped(statement, self.rng)[:1]]
            yield from (Pair(told, other, NEUTRAL, "somebody else") for other in own if told and other)

    def _statements(self) -> Iterable[Pair]:
        similar = self.vectors @ self.vectors.T
        for index, statement in enumerate(self.statements):
            contrary = negated(statement)
            if contrary is not None:
                yield Pair(*self._either(statement, contrary), CONTRADICTION, "negated")
            for other in swapped(statement, self.rng):
                yield Pair(*self._either(statement, other), CONTRADICTION, "swapped")
            for same in reworded(statement, self.rng):
                yield Pair(*self._either(statement, same), ENTAILMENT, "reworded")
            for other in self._shut_out(statement, 4):
                yield Pair(statement, other, CONTRADICTION, "other value")
            near = [int(i) for i in similar[index].argsort()[::-1][1:4] if similar[index, i] >= NEAR]
            for i in near:
                if self._agree(statement, self.statements[i]):
                    yield Pair(statement, self.statements[i], ENTAILMENT, "near")
                    if contrary is not None:
                        yield Pair(*self._either(self.statements[i], contrary), CONTRADICTION, "near negated")
            beside = [int(i) for i in ((similar[index] > FAR) & (similar[index] < OPEN)).nonzero()[0]]
            for i in self.rng.sample(beside, min(1, len(beside))):
                other = self.statements[i]
                if (self.relations[other] or ("?", ""))[0] != (self.relations[statement] or ("!", ""))[0]:
                    yield Pair(statement, other, NEUTRAL, "beside")
            far = self.rng.randrange(len(self.statements))
            if similar[index, far] < FAR:
                yield Pair(statement, self.statements[far], NEUTRAL, "foreign statement")

    def _shut_out(self, statement: str, most: int) -> list[str]:
        relation = self.relations[statement]
        if relation is None:
            return []
        name, value = relation
        if name.startswith(_EXCLUSIVE):
            others = self.by_relation[name]
        elif name.startswith("have ") and value in _NUMBERS:
            others = [other for other in self.by_relation[name] if (self.relations[other] or ("", ""))[1] != "a"]
        else:
            others = self.by_relation[{"like": "dislike", "dislike": "like"}.get(name, "")]
            others = [other for other in others if (self.relations[other] or ("", ""))[1] == value]
            return others[:most]
        apart = [other for other in others if not _overlap((self.relations[other] or ("", ""))[1], value)]
        return self.rng.sample(apart, min(most, len(apart)))

    def _agree(self, first: str, second: str) -> bool:
        one, two = relation_of(first), relation_of(second)
        if _opposed(first, second) or bool(_KIN.search(first)) != bool(_KIN.search(second)):
            return False
        return one is None or two is None or one[0] != two[0] or _overlap(one[1], two[1])

    def _nearest(self, lines: Sequence[str], statement: str) -> tuple[str, float]:
        """The sentence of a line that comes closest to a statement, questions left out."""
        told = [line for line in lines if not line.endswith("?")]
        near = [self._cosine(self.said[line], statement) for line in told]
        return max(zip(told, near, strict=True), key=lambda pair: pair[1], default=("", -1.0))

    def _cosine(self, vector: Any, statement: str) -> float:
        return float(vector @ self.vectors[self.at[statement]])

    def _either(self, first: str, second: str) -> tuple[str, str]:
        return (first, second) if self.rng.random() < 0.5 else (second, first)


def _used(cosine: float) -> float:
    return 1 / (1 + math.exp(-STEEPNESS * (cosine - USED)))


def _jobs() -> tuple[str, ...]:
    values = next(slot for slot in slots() if slot.name == "job").values
    return tuple(value.words["v"].removeprefix("a ").removeprefix("an ") for value in values)


_KIN = re.compile(
    r"\bmy (?:mom|mother|dad|father|brother|sister|husband|wife|son|daughter|friend|uncle|aunt|cousin)s?\b"
)
_NEGATIVE = re.compile(r"\b(?:not|no|never|n't|hate|dislike|can't|cannot|don't|without|none)\b|n't\b")


def _opposed(first: str, second: str) -> bool:
    """Does just one of two texts deny something, or do their numbers differ?"""
    numbers = [
        set(re.findall(r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b", text)) for text in (first, second)
    ]
    return bool(_NEGATIVE.search(first)) != bool(_NEGATIVE.search(second)) or (
        all(numbers) and numbers[0] != numbers[1]
    )


def _overlap(first: str, second: str) -> bool:
    return bool(set(first.split()) & set(second.split()) - {"a", "an", "the", "and", "of", "in", "at"})
