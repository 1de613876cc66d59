"""From what somebody said to proposed changes of the profile, by first-person patterns. No model, no network.

Only words said by the user or the persona are read, each about the one who said them: never recalled or derived text,
a question, a supposition, a quotation, or an order to the assistant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.memory.profile.guard import refusal
from personae.memory.profile.schema import MAX_VALUE, Change, Owner
from personae.memory.turns import Turn

#: A longer turn is read up to here, a longer clause not at all, in characters.
MAX_TURN = 8_000
MAX_CLAUSE = 300

_SENTENCE = re.compile(r"(?<=[.!?…])[\s)]+|\s*\n\s*")
_QUOTED = re.compile(r"\"[^\"]{0,500}\"|“[^”]{0,500}”|(?<!\w)'[^']{1,500}'(?!\w)")
#: Apostrophes that were not typed: "dont", "im".
_NOT = re.compile(r"\b(don|can|won|didn|doesn|isn|aren|couldn|mustn)t\b", re.IGNORECASE)
_AM = re.compile(r"\bi(m|ve)\b", re.IGNORECASE)
_YOU = re.compile(r"\byour?s?\b", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:everything|anything|all) but\b|\bbut not\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A turn, or a clause of one, that was not read, and why: its origin, its speaker, or what the guard says."""

    source: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What turns say, as changes to merge; what was left out; and the ids of all turns that may be a source."""

    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...] = ()
    sources: frozenset[str] = frozenset()


def source_of(turn: Turn) -> str:
    """How a profile names a turn: by conversation and id, for ids are unique in one conversation only."""
    return f"{turn.scope.conversation}/{turn.id}"


def extract(turns: Iterable[Turn], *, user: str | None = None, persona: str | None = None) -> Extracted:
    """What the user and the persona say of themselves in English turns of one user and one agent.

    user, persona: the names of the speakers, in any case; those of the scope unless given. What anybody else says is
    left out. Raises UsageError if the turns belong to two users or two agents, or both names are one.

    >>> from personae.memory.turns import Scope
    >>> where = Scope("keeper", "ines", "harbour")
    >>> said = Turn("D1:1", where, "1", "Ines", "I can't stand opera, but I adore fado.", "2026-03-01")
    >>> [(change.polarity, change.value) for change in extract([said]).changes]
    [('dislikes', 'opera'), ('likes', 'fado')]
    """
    turns = list(turns)
    owners = {(turn.scope.agent, turn.scope.user) for turn in turns}
    if len(owners) > 1:
        raise UsageError(
            f"turns of {len(owners)} users or agents, as {sorted(owners)[:2]!r}; a profile has one of each"
        )
    changes: list[Change] = []
    left_out: list[LeftOut] = []
    sources = set()
    for turn in turns:
        owner = _owner(turn, user or turn.scope.user, persona or turn.scope.agent)
        if turn.origin != "said" or owner is None:
            reason = turn.origin if turn.origin != "said" else f"said by {turn.speaker!r}"
            left_out.append(LeftOut(source_of(turn), turn.text, reason))
            continue
        sources.add(source_of(turn))
        for found in _read(turn, owner):
            if isinstance(found, Change):
                changes.append(found)
            else:
                left_out.append(found)
    return Extracted(tuple(changes), tuple(left_out), frozenset(sources))


def _owner(turn: Turn, user: str, persona: str) -> Owner | None:
    if user.casefold() == persona.casefold():
        raise UsageError(f"user and persona are both called {user!r}; give user=, persona= with two names")
    names: dict[str, Owner] = {user.casefold(): "user", persona.casefold(): "persona"}
    return names.get(turn.speaker.casefold())


def _read(turn: Turn, owner: Owner) -> Iterator[Change | LeftOut]:
    for sentence in _sentences(turn.text.removeprefix(f"{turn.speaker}:")):
        if reason := refusal(sentence):
            yield LeftOut(source_of(turn), sentence, reason)
            continue
        for clause in _clauses(sentence):
            for reading in readings(clause, whole=sentence):
                yield Change(sources=(source_of(turn),), at=turn.at or "", owner=owner, **reading)


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of what is stated in a text: without questions, suppositions and whatever holds a quotation.

    >>> clauses("I'm a nurse, but I hate blood. Do you? If I were brave I'd dive.")
    ("I'm a nurse", 'I hate blood')
    """
    found = (" ".join(clause.split()) for sentence in _sentences(text) for clause in _clauses(sentence))
    return tuple(clause for clause in found if not _never().search(clause))


def _sentences(text: str) -> Iterator[str]:
    """Sentences in plain apostrophes that are no question and hold no quotation marks."""
    for sentence in _SENTENCE.split(text[:MAX_TURN].replace("’", "'")):
        plain = _NOT.sub(r"\1't", _AM.sub(r"i'\1", " ".join(sentence.split())))
        plain = _words("short").sub(lambda found: _texts()["short"][found[0].lower()], plain)
        if not plain.endswith("?") and not _QUOTED.search(plain):
            yield plain


def _clauses(sentence: str) -> list[str]:
    plain = sentence.rstrip(".!… ")
    if _pattern("quoting").search(plain):
        return []
    if _EXCEPT.search(plain):
        return [plain]
    return [clause for clause in _pattern("clause").split(plain) if clause and clause.strip()]


def readings(clause: str, whole: str = "") -> tuple[dict[str, Any], ...]:
    """What one clause says of the speaker: fields of a `Change` without source and time; empty if nothing.

    >>> readings("I really love sushi")[0]["value"]
    'sushi'
    """
    plain = _bare(clause)
    if len(plain) > MAX_CLAUSE or _never().search(plain):
        return ()
    strength = 0.9 if _words("strong").search(clause) else 0.5
    for rule in _rules():
        found = rule["compiled"].fullmatch(plain)
        if found is None or not _fits(rule, found, whole or clause):
            continue
        first = _reading(rule, rule.get("says") or _value(found), strength)
        also = rule.get("also")
        second = [_reading(also, also["value"].format(**found.groupdict()), strength)] if also else []
        return tuple(reading for reading in [first, *second] if _holds(reading["value"]))
    return ()


def _value(found: re.Match[str]) -> str:
    """What stands where the value stands; of two places that it may stand at, the one that is taken."""
    return found["value"] or found.groupdict().get("other") or ""


def _fits(rule: Mapping[str, Any], found: re.Match[str], whole: str) -> bool:
    if rule.get("cased") and not found["value"][:1].isupper():
        return False
    if "unless" in rule and re.search("".join(rule["unless"]), found[0], re.IGNORECASE):
        return False
    return "needs" not in rule or re.search("".join(rule["needs"]), whole, re.IGNORECASE) is not None


def _holds(value: str) -> bool:
    """Is there something, and nothing about the one who is talked to?"""
    words = value.casefold().split()
    empty = " ".join(words) in _texts()["empty"] or (len(words) < 4 and words[-1:] in (["it"], ["them"], ["that"]))
    return 0 < len(value) <= MAX_VALUE and not empty and not _YOU.search(value)


def _reading(rule: Mapping[str, Any], value: str, strength: float) -> dict[str, Any]:
    polarity = rule.get("polarity")
    return {
        "key": rule.get("key", "preferences.things" if polarity else "facts.open"),
        "value": _pattern("trailing").sub("", value.strip(" ,;:-")).strip(" ,"),
        "polarity": polarity,
        "strength": strength if polarity else 0.5,
        "confidence": rule.get("confidence", 0.8),
        "retract": bool(rule.get("retract", False)),
    }


def _bare(clause: str) -> str:
    """The clause without adverbs of degree and time at its start and after the pronoun, and with its subject."""
    start, after = _degree()
    plain = start.sub("", _pattern("trailing").sub("", " ".join(clause.split()).strip(" ,")))
    plain = start.sub("", _pattern("lead").sub("", plain))
    plain = _pattern("elided_am").sub("i'm ", _pattern("elided").sub("i ", plain))
    return after.sub(r"\1 ", plain)


@cache
def _degree() -> tuple[re.Pattern[str], re.Pattern[str]]:
    degree = _words("degree").pattern
    return (
        re.compile(rf"^(?:(?:{degree})(?![-']),? )+", re.IGNORECASE),
        re.compile(rf"^((?:i|we)(?:'m|'ve)?) (?:(?:{degree}) )+", re.IGNORECASE),
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("".join(_texts()[name]), re.IGNORECASE)


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, _texts()[name])) + r")\b", re.IGNORECASE)


@cache
def _never() -> re.Pattern[str]:
    return re.compile(f"{''.join(_texts()['unsure'])}(?! not)|{''.join(_texts()['reported'])}", re.IGNORECASE)


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    rules = [*_texts()["rules"], *bundled(__package__, "texts/facts.en.yaml")["rules"]]
    return tuple({**rule, "compiled": re.compile("".join(rule["pattern"]), re.IGNORECASE)} for rule in rules)


def _texts() -> Any:
    return bundled(__package__, "texts/patterns.en.yaml")
