"""Who a passage speaks of: the character with their names and pronouns, and who or what was spoken of last. English."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from personae.persona.perspective import PRONOUNS, has_verb
from personae.persona.texts import texts

QUOTE = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|«[^»\n]*»|「[^」\n]*」")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
FIRST = re.compile(r"(?<![\w'’])(?:I|me|my|mine|myself|I['’]\w+)(?![\w'’])", re.IGNORECASE)
SECOND = re.compile(r"(?<!\w)(?:you|your|yours|yourself|you['’]\w+)(?!\w)", re.IGNORECASE)
_OF_SOMEBODY = re.compile(
    r"\W*(?P<owner>her|his|their|my|your|its|(?:[^\W\d_][\w'’-]*\s+){0,3}?[^\W\d_][\w-]*['’]s)\s+(?P<rest>.{1,200})",
    re.IGNORECASE | re.DOTALL,
)
_PROPER = re.compile(r"\W*(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){0,3})\s+(?P<verb>[a-z]\w*)")
_NEW_THING = re.compile(
    r"\b(?:has|have|owns?|keeps?|bought|built|wrote|runs?|made|drives?|found|inherited|opened|founded|lost|adopted)\s+"
    r"an?\s+(?P<thing>(?:[\w-]+\s+){0,3}?[\w-]+)"
    r"(?=\s*(?:[.,;!]|$|\s(?:in|on|at|by|near|with|from|for|of|called|named|that|who|which|and|when)\b))"
)
_THE = re.compile(
    r"\W*(?P<noun>the(?:\s+[\w-]+){1,3}?)\s+(?:is|was|has|had|stands?|stood|lies|lay|smells|belongs)\b", re.I
)
_PLACE = re.compile(
    r"\b(?:city|town|village|country|island|river|company|school|street|capital|port|region|ship)\b", re.I
)
#: Words that open a sentence of their own, never a note without a subject.
STARTERS = frozenset("the this that in on at when while if after before as with for from she he they it".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something a following pronoun may mean: how it is called, and by which pronouns."""

    words: str
    pronouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cast:
    """The character, the names they go by, their pronouns, and who was spoken of last (`topic`, `thing`)."""

    name: str
    aliases: tuple[str, ...]
    pronouns: str
    told_by_self: bool = True
    topic: Subject | None = None
    thing: Subject | None = None

    def subjects(self) -> tuple[str, ...]:
        """Words that may open a sentence about the character, the longest first."""
        names = sorted(self.aliases, key=len, reverse=True)
        return (*names, *(("I", "you") if self.told_by_self else ()), self.pronouns, "she", "he")

    def in_full(self, text: str) -> str:
        """The text with every shorter name of the character written out."""
        names = "|".join(re.escape(alias) for alias in sorted(self.aliases, key=len, reverse=True))
        return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda _: self.name, text)


def cast_for(passage: str, name: str, pronouns: str | None = None) -> Cast:
    """The cast of a passage about `name`; pronouns are those it uses most when they are not given.

    >>> cast_for("Ana Reis lives in Porto. She sings.", "Ana Reis").pronouns
    'she'
    """
    bare = QUOTE.sub(" ", passage)
    words = [word.lower() for word in WORD.findall(bare)]
    counts = {key: sum(words.count(form) for form in set(forms)) for key, forms in PRONOUNS.items() if key != "it"}
    most = max(counts, key=lambda key: counts[key])
    chosen = (pronouns or (most if counts[most] else "they")).strip().lower()
    key = re.split(r"\W+", chosen)[0]
    parts = name.split()
    aliases = dict.fromkeys([name, parts[0], parts[-1]]) if len(parts) > 1 else {name: None}
    usable = tuple(alias for alias in aliases if alias == name or (alias[:1].isupper() and len(alias) > 2))
    told = len(FIRST.findall(bare)) + len(SECOND.findall(bare)) > sum(_count(bare, alias) for alias in usable)
    return Cast(name, usable, key if key in PRONOUNS else "they", told)


def mentions(text: str, cast: Cast) -> bool:
    """Does the text name the character, outside of what is quoted?"""
    return any(_count(QUOTE.sub(" ", text), alias) for alias in cast.aliases)


def after(text: str, cast: Cast) -> Cast:
    """Who the next sentence's pronouns may mean, after this resolved one."""
    thing = None
    if (new := _NEW_THING.search(text)) and mentions(text[: new.start()], cast):
        thing = Subject(f"{cast.name}'s {new['thing']}", frozenset(("it",)))
    owned = _OF_SOMEBODY.match(text)
    if owned:
        return replace(cast, topic=_relative(owned, cast), thing=thing)
    start = text.lstrip("\"'*([ ")
    if any(start.startswith(alias) for alias in cast.aliases):
        return replace(cast, topic=None, thing=thing)
    other = _PROPER.match(text)
    if other and other["name"].lower() not in STARTERS and has_verb(other["verb"]):
        means = ("it",) if _PLACE.search(text) else ("she", "he")
        return replace(cast, topic=Subject(other["name"], frozenset(means)), thing=thing)
    if spoken_of := _THE.match(text):
        noun = spoken_of["noun"]
        return replace(cast, topic=Subject(noun[:1].lower() + noun[1:], frozenset(("it",))), thing=thing)
    return replace(cast, topic=cast.topic if not mentions(text, cast) else None, thing=thing)


def _relative(owned: re.Match[str], cast: Cast) -> Subject | None:
    """ "Ana's sister Marta is a nurse." introduces "Ana's sister Marta", and later "she"."""
    kinds = _people()
    rest = owned["rest"]
    phrase = []
    for word in WORD.finditer(rest):
        known = kinds.get(word[0].lower())
        phrase.append(word[0])
        if known:
            following = re.match(r",?\s+([A-ZÀ-Þ][\w’'-]+)", rest[word.end() :])
            called = f" {following[1]}" if following else ""
            return Subject(f"{cast.name}'s {rest[: word.end()]}{called}", known)
        if len(phrase) >= 3 or word[0][:1].isupper():
            break
    noun = re.match(r"(?:[\w-]+\s+){0,2}?([\w-]+)(?=\s+(?:is|was|has|had|lies|stands|smells|looks)\b)", rest)
    return Subject(f"{cast.name}'s {noun[0]}", frozenset(("it",))) if noun else None


@cache
def _people() -> dict[str, frozenset[str]]:
    rows = texts("extract")["people"]
    either = frozenset(("she", "he", "it"))
    return {word: either if key == "any" else frozenset((key,)) for key, words in rows.items() for word in words}


def _count(text: str, alias: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(alias)}(?!\w)", text))
