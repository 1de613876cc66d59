"""One fact from another side: what is said about a persona ↔ what they say about themselves. English."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

#: Subject, object, possessive, possessive alone, reflexive of each set of pronouns.
PRONOUNS: dict[str, tuple[str, str, str, str, str]] = {
    "she": ("she", "her", "her", "hers", "herself"),
    "he": ("he", "him", "his", "his", "himself"),
    "they": ("they", "them", "their", "theirs", "themself"),
    "it": ("it", "it", "its", "its", "itself"),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"\x00(?:['’]s)?|\w+(?:['’]\w+)*|\s+|[^\w\s]")
_THIRD = {"am": "is", "have": "has", "do": "does", "don't": "doesn't", "don’t": "doesn’t", "haven't": "hasn't"}
_FIRST = {third: first for first, third in _THIRD.items()}
_THEY = {"am": "are", "was": "were", "wasn't": "weren't"}
_FROM_THEY = {third: first for first, third in _THEY.items()}
#: After these a bare verb belongs to them, also in "can read and write".
_MODAL = _words(
    """
    can could will would shall should may might must cannot can't couldn't won't wouldn't shouldn't mustn't did
    didn't
    """
)
#: Verbs that look alike in both persons.
_FIXED = _MODAL | _words(
    """
    can could will would shall should may might must cannot can't couldn't won't wouldn't shouldn't mustn't was
    wasn't had hadn't did didn't used ought went grew came met lost won said told knew saw left began became
    broke bought brought built caught chose drove ate fell felt fought found flew forgot gave got heard held
    kept led learnt made meant ran rode sang sat sold sent slept spoke spent stole swam took taught thought
    threw understood wore wrote stood shook hid drank drew woke won
    """
)
_ADVERBS = _words(
    """
    always never often usually sometimes also still really only just rarely now once almost hardly even then
    soon both
    """
)
#: Common verbs, recognised after "and" without a subject of their own.
_VERBS = _words(
    """
    am have do live work like love hate enjoy want need know think believe feel keep make take give go come see
    hear speak talk say tell ask read write sing play teach learn study run own collect drink eat cook bake
    sleep wake wear carry hide fear hope wish dream remember forget miss visit travel grow sell buy build mend
    repair paint draw help hold lead lie laugh cry smile smoke swim try trust value prefer despise adore dislike
    spend save send stay start stop leave lose meet move pay practise practice pray raise ride sew serve tend
    train use wait walk wash watch win wonder worry dance drive fix hum knit count swear refuse rent share
    """
)
#: After these words "her" is an object, before anything else a possessive.
_AFTER_OBJECT = _words(
    """
    a an the to in on at for with by from and but or when while because as that if every about of than into
    after before since too well most so very not alone how what
    """
)


def to_first_person(text: str, name: str, pronouns: str = "they") -> str:
    """A statement about `name` as they would say it themselves. `pronouns` starts with she, he, they or it.

    Pronouns are taken to mean the persona. Verbs are conjugated after the subject, and after "and", "but", "or"
    where the verb is a common one.

    >>> to_first_person("Ana lives in Porto and has a cat; she loves her garden.", "Ana", "she/her")
    'I live in Porto and have a cat; I love my garden.'
    """
    return _Walk(text, name, _pronouns(pronouns)).first()


def to_third_person(text: str, name: str, pronouns: str = "they") -> str:
    """What somebody says of themselves as a statement about `name`; mentions after the first use the pronoun.

    It undoes `to_first_person` where the first mention is the name and the later ones are pronouns.

    >>> to_third_person("I live in Porto and have a cat; I love my garden.", "Ana", "she/her")
    'Ana lives in Porto and has a cat; she loves her garden.'
    """
    return _Walk(text, name, _pronouns(pronouns)).third()


_SECOND = {"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are"}
_SECOND |= {"i'm": "you are", "i've": "you have", "i'll": "you will", "i'd": "you would"}


@lru_cache(maxsize=4096)  # a persona's prompt says the same statements at every turn
def to_second_person(text: str, name: str, pronouns: str = "they") -> str:
    """A statement in the first person, or one that opens with `name`, said to the persona.

    >>> to_second_person("I live in Porto and I was born in my aunt's house.", "Ana")
    "You live in Porto and you were born in your aunt's house."
    >>> to_second_person("Ana has a cat.", "Ana", "she")
    'You have a cat.'
    """
    if not re.search(r"\b(?:I|my|me|mine)\b", text, re.IGNORECASE):
        text = to_first_person(text, name, pronouns) if name in text else text
    tokens = _TOKEN.findall(text)
    out = []
    subject = False
    for index, token in enumerate(tokens):
        low = token.lower().replace("’", "'")
        word = "were" if subject and low == "was" else _SECOND.get(low, token)
        subject = (subject and token.isspace()) or low == "i"
        out.append(_capital(word) if _starts(tokens, index) and token[:1].isupper() else word)
    return "".join(out)


def has_verb(text: str) -> bool:
    """Does an English text hold one of the common verbs, an auxiliary or a past form?

    >>> has_verb("She mends nets"), has_verb("my husband Nils")
    (True, False)
    """
    words = [word.lower().replace("’", "'") for word in _TOKEN.findall(text)]
    return any(
        word in _VERBS or word in _FIXED or word in _FIRST or _base(word) in _VERBS or word in ("are", "were", "i'm")
        or (word.endswith("ed") and len(word) > 4)
        for word in words
    )  # fmt: skip


@dataclass
class _Walk:
    """One pass over the words of a text. `subject` is who the coming verb belongs to: "" when not the persona."""

    text: str
    name: str
    forms: tuple[str, str, str, str, str]
    subject: str = ""
    awaits_verb: bool = False
    coordinated: bool = False
    bare: bool = False
    named: bool = False

    def first(self) -> str:
        text = re.sub(rf"(?<!\w){re.escape(self.name)}(?!\w)", "\0", self.text) if self.name else self.text
        tokens = _TOKEN.findall(text)
        out = []
        for index, token in enumerate(tokens):
            word = self._first_word(token, _next_word(tokens, index))
            out.append(_capital(word) if _starts(tokens, index) and token[:1] in "\0" + token[:1].upper() else word)
        return "".join(out)

    def _first_word(self, token: str, following: str) -> str:
        subject, object_, possessive, alone, reflexive = self.forms
        low = token.lower()
        if token == "\0" or low == subject:
            if low == object_ and not following:
                return "me"
            self._meet("they" if low == "they" else "I")
            return "I"
        if low in (f"{subject}'s", f"{subject}’s", "they're" if subject == "they" else "\0"):
            return "I am"
        if token.startswith("\0"):
            return "my" if following else "mine"
        if low == possessive and following and not (possessive == object_ and following in _AFTER_OBJECT):
            return "my"
        if low == reflexive or (subject == "they" and low == "themselves"):
            return "myself"
        if low in (alone, object_):
            return "mine" if low == alone else "me"
        return self._verb(token, self._verb_first)

    def third(self) -> str:
        tokens = _TOKEN.findall(self.text)
        out = []
        for index, token in enumerate(tokens):
            word = self._third_word(token)
            out.append(_capital(word) if _starts(tokens, index) and token[:1].isupper() else word)
        return "".join(out)

    def _third_word(self, token: str) -> str:
        subject, object_, possessive, alone, reflexive = self.forms
        low = token.lower().replace("’", "'")
        if low in ("i", "i'm", "i've", "i'll", "i'd"):
            who = subject if self.named else self.name
            self._meet("they" if who == "they" else who)
            self.named = True
            tail = {"i'm": "am", "i've": "have", "i'll": "will", "i'd": "would"}.get(low)
            return f"{who} {self._verb(tail, self._verb_third)}" if tail else who
        plain = {"my": possessive, "me": object_, "mine": alone, "myself": reflexive}
        if low not in plain:
            return self._verb(token, self._verb_third)
        if not self.named:
            self.named = True
            return f"{self.name}'s" if low in ("my", "mine") else self.name
        return plain[low]

    def _meet(self, subject: str) -> None:
        self.subject, self.awaits_verb, self.coordinated, self.bare = subject, True, False, False

    def _verb(self, token: str, conjugate: Callable[[str, bool], str]) -> str:
        """The token, conjugated if it is a verb of the persona's."""
        low = token.lower()
        if token.isspace() or not self.subject:
            return token
        if low in _ADVERBS or low.endswith("ly"):
            return token
        if self.awaits_verb and low == "and":
            self.subject, self.awaits_verb = "", False
            return token
        if self.awaits_verb:
            self.awaits_verb = False
            self.bare = low in _MODAL or low.startswith(("don", "doesn"))
            return conjugate(token, False) if low[0].isalpha() else token
        if low in ("and", "but", "or", ","):
            self.coordinated = self.coordinated or low != ","
            return token
        if low in ".!?;:":
            self.subject = "" if low in ".!?" else self.subject
            return token
        if self.coordinated:
            self.coordinated = False
            return conjugate(token, True)
        self.bare = self.bare or low == "to" or low in _MODAL
        return token

    def _verb_first(self, verb: str, listed: bool) -> str:
        if self.subject == "they":
            return (
                verb if listed and verb not in ("are", "were") else {"are": "am"}.get(verb, _FROM_THEY.get(verb, verb))
            )
        base = verb if verb in _FIXED else _FIRST.get(verb) or _base(verb)
        return base if not listed or base in _VERBS else verb

    def _verb_third(self, verb: str, listed: bool) -> str:
        if self.subject == "they":
            return _THEY.get(verb, verb)
        if verb in _FIXED or (listed and (self.bare or verb not in _VERBS)):
            return verb
        return _THIRD.get(verb) or _with_s(verb)


def _pronouns(pronouns: str) -> tuple[str, str, str, str, str]:
    return PRONOUNS.get(re.split(r"\W+", pronouns.strip().lower())[0], PRONOUNS["they"])


def _next_word(tokens: list[str], index: int) -> str:
    """The next token if it is a word in the same breath, lower-cased, else ""."""
    rest = tokens[index + 1 : index + 3]
    return rest[1].lower() if len(rest) == 2 and rest[0].isspace() and rest[1][0].isalnum() else ""


def _starts(tokens: list[str], index: int) -> bool:
    before = [token for token in tokens[max(0, index - 3) : index] if not token.isspace() and token not in '"“*(']
    return not before if index < 3 else bool(before) and before[-1] in ".!?…"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _base(verb: str) -> str:
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "us", "is")) else verb


def _with_s(verb: str) -> str:
    if verb.endswith("ed") and len(verb) > 4 and verb not in ("need", "proceed", "succeed", "breed", "exceed"):
        return verb
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("ss", "sh", "ch", "x", "zz", "o")) else "s")
