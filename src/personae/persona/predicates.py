"""Two things said of one subject are two facts: "She mends nets and hates rain." English.

Only where it is plain: the sentence opens with its subject, the second verb is finite as the first one is, and no
clause or infinitive stands between that it could belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from personae.persona.perspective import has_verb


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JOINT = re.compile(
    r"\s*,?\s+(?:and|but)\s+(?:(?:then|also|now|often|never|always|still|sometimes)\s+)?(?P<verb>[a-z]+)\b"
)
#: Sentences of more characters are not looked through.
LONGEST = 600
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
#: After these the second verb may belong to something else than the subject, or to an auxiliary.
_CLOUDED = re.compile(
    r"\b(?:to|who|which|that|when|while|where|if|because|although|though|since|after|before|as|until|unless|whether|"
    r"what|how|can|could|will|would|shall|should|may|might|must|let|lets|makes?|helps?|sees?|hears?|watch(?:es)?|both|"
    r"either|neither|says?|said|thinks?|thought|knows?|knew|believes?)\b|[\"“”:;(]|n['’]t\b|\bnot\b|\bnever\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"\b(?:is|was|are|were|am|been|being|has|have|had|gets?|got)\b", re.IGNORECASE)
#: Looked over to find the verb of a predicate.
_ADVERBS = _words("always never often usually sometimes also still really only rarely now almost even then")
#: Verbs that are nouns as well; behind a verb that takes a list they are more likely the end of one.
_NOUNS = _words("""
    walks works plays dreams hopes lies promises drinks talks swims smiles cooks runs stays waits moves shares trusts
    fears loves hates uses fixes rides dances cares paints hides starts stops turns visits travels live love work play
    dream hope drink talk fear
""")
_LISTING = re.compile(
    r"\b(?:likes?|loves?|hates?|enjoys?|has|have|with|of|for)\s+(?:[\w-]+\s+){0,3}[\w-]+$", re.IGNORECASE
)
_OTHER_CLAUSE = re.compile(r",\s*(?:and\s+|but\s+)?(?:i|he|she|they|it|we|\w+(?:s|ed))\b", re.IGNORECASE)
_PAST = _words("""
    was were had did went grew came met lost won told knew saw left began became broke bought brought built caught
    chose drove ate fell felt fought found flew forgot gave got heard held kept led learnt made meant ran rode sang
    sat sold sent slept spoke spent stole swam took taught threw wore wrote stood drank drew woke
""")


def predicates(text: str, subjects: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) of each part of a sentence that says something of its subject; the first holds the subject itself.

    One part, the whole, where the sentence does not open with one of `subjects` or is not plain.

    >>> text = "She mends nets at dawn and hates the rain."
    >>> [text[start:end] for start, end in predicates(text, ["she"])]
    ['She mends nets at dawn', 'hates the rain.']
    >>> predicates("She has a son who sings and dances well.", ["she"])
    [(0, 40)]
    """
    whole = [(0, len(text))]
    subject = next((each for each in subjects if text[: len(each)].casefold() == each.casefold()), None)
    if subject is None or len(text) > LONGEST or not re.match(r"\s", text[len(subject) : len(subject) + 1]):
        return whole
    form = _form(text[len(subject) :], subject)
    if form is None:
        return whole
    parts: list[tuple[int, int]] = []
    left = 0
    for joint in _JOINT.finditer(text, len(subject)):
        before, after = text[left : joint.start()], text[joint.start("verb") :]
        if _CLOUDED.search(before[len(subject) if not left else 0 :]) or _OTHER_CLAUSE.search(before):
            break
        words = len(_WORD.findall(before)) - (len(subject.split()) if not left else 0)
        if words < 2 or len(_WORD.findall(after)) < 2 or not _same_form(joint["verb"], form, before):
            continue
        parts.append((left, joint.start()))
        left = joint.start("verb")
    return [*parts, (left, len(text))]


def _form(predicate: str, subject: str) -> str | None:
    """How the first verb stands: "third", "past" or "base"; None where the sentence does not begin with its verb."""
    verb = next((word for word in _WORD.findall(predicate) if word.lower() not in _ADVERBS), "").lower()
    if not has_verb(verb):
        return None
    if verb.endswith("ed") or verb in _PAST:
        return "past"
    return "base" if subject.casefold() in ("i", "you", "they", "we") else "third"


def _same_form(verb: str, form: str, before: str) -> bool:
    if verb in _NOUNS and _LISTING.search(before):
        return False
    if form == "past":
        return (verb.endswith("ed") or verb in _PAST) and has_verb(verb) and not _AUXILIARY.search(before)
    if form == "third":
        return verb.endswith("s") and has_verb(verb) and verb not in _PAST
    return has_verb(verb) and not verb.endswith(("s", "ed")) and verb not in _PAST
