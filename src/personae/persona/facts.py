"""Key-value cards ↔ sentences: gender, age, location, occupation, interests and any other key, both ways. English.

What is written is read back exactly; `read` also knows further ways of saying the same (see `texts/facts.en.yaml`).
The card is that of PersonalDialog, with more keys. [Diversified Traits 2019]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from personae.errors import UsageError
from personae.persona.kinds import kind_of, kind_of_label
from personae.persona.numerals import digits
from personae.persona.parts import Span, Statement
from personae.persona.persona import Persona
from personae.persona.perspective import to_first_person, to_third_person
from personae.persona.statements import statement_id
from personae.persona.texts import texts

Value = str | tuple[str, ...]
Card = Mapping[str, str | Sequence[str]]

_KEY = re.compile(r"[^\W\d_](?:[\w' -]{0,38}\w)?")
_STOPS = ".!?…,;: "
_ARTICLE = re.compile(r"(?:an? [.!?…,;: ]*)+(?=\S)", re.IGNORECASE)
#: A value in running speech ends at punctuation or where another clause begins.
_OPEN_END = (
    r"(?=[.,;:!?…\n]|\s+(?:and|but|because|so|though|while|where|when|which|with|since|until|now|today|yesterday|"
    r"(?:last|this|these|next)\s\w+)\b|$)"
)
_TRADE = re.compile(r"(?<![\w'’])I(?: am|['’]m)(?: \w+ly| still| now)? an? (?P<value>[\w' -]{1,40}?)", re.IGNORECASE)
_PRONOUNS = {"female": "she", "male": "he"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One key of a card and how it is said; see the head of `texts/facts.en.yaml`."""

    key: str
    kind: str
    say: str
    otherwise: str | None = None
    read: tuple[str, ...] = ()
    like: str | None = None
    many: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    number: bool = False

    def canonical(self, value: str) -> str:
        """The value as it stands on a card: blanks and stops trimmed, articles and synonyms put aside."""
        value = " ".join(value.split()).strip(_STOPS)
        if "{a}" in self.say and (article := _ARTICLE.match(value)):
            value = value[article.end() :]
        if self.number:
            value = digits(value)
        low = value.casefold()
        return next((name for name, words in self.words.items() if low == name or low in words), value)

    def sentence(self, value: str) -> str:
        """The sentence that says the value, in the first person."""
        fits = value in self.words if "{word}" in self.say else self.like is None or re.fullmatch(self.like, value)
        pattern = self.say if fits or self.otherwise is None else self.otherwise
        word = self.words[value][0] if value in self.words else value
        return _filled(pattern, {"{}": value, "{a}": _with_article(value), "{word}": word})


@dataclass(frozen=True, slots=True)
class Reading:
    """A card read from sentences. `conflicts` are (key, value) said beside another value of a key that takes one,
    `unread` the sentences that say no key at all."""

    card: dict[str, Value]
    conflicts: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


def statements_for(card: Card, *, name: str | None = None, pronouns: str | None = None) -> tuple[Statement, ...]:
    """The card as statements, one a value, each with its key as `slot`; in the third person when `name` is given.

    Empty values say nothing. Raises UsageError for a key that cannot stand in a sentence.

    >>> [s.text for s in statements_for({"Gender": "female", "job": "archivist", "interests": ["chess", "old maps"]})]
    ['I am a woman.', 'I work as an archivist.', 'I am interested in chess.', 'I am interested in old maps.']
    >>> statements_for({"age": "34"}, name="Ana", pronouns="she")[0].text
    'Ana is 34 years old.'
    """
    values = normalised(card)
    spoken = pronouns or _PRONOUNS.get(str(values.get("gender")), "they")
    found: dict[str, Statement] = {}
    for key, value in values.items():
        attribute = attribute_for(key)
        for index, one in enumerate((value,) if isinstance(value, str) else value):
            text = attribute.sentence(one) if name is None else _third(attribute, one, name, spoken)
            id = _unused(statement_id(text), found)
            section = key if isinstance(value, str) else f"{key}.{index}"
            found[id] = Statement(
                id=id,
                text=text,
                kind=attribute.kind,
                person="first" if name is None else "third",
                slot=key,
                source=Span(section=section, start=0, end=len(one)),
            )
    return tuple(found.values())


def read(sentences: Iterable[str], *, name: str | None = None) -> Reading:
    """The card that whole sentences say, in the order they say it; give `name` for sentences about somebody.

    Reading what `statements_for` wrote gives `normalised(card)` back.

    >>> read(["I'm 34 years old.", "I live in Porto.", "I like tea.", "Good evening!"]).card
    {'age': '34', 'location': 'Porto', 'likes': ('tea',)}
    """
    card: dict[str, Value] = {}
    conflicts: list[tuple[str, str]] = []
    unread: list[str] = []
    for sentence in sentences:
        fact = fact_in(sentence, name=name)
        if fact is None:
            unread.append(sentence)
        elif not _added(card, *fact):
            conflicts.append(fact)
    return Reading({key: _plain(key, value) for key, value in card.items()}, tuple(conflicts), tuple(unread))


def fact_in(sentence: str, *, name: str | None = None) -> tuple[str, str] | None:
    """The key and value that a whole sentence says; None where it says no key.

    >>> fact_in("I work as a nurse."), fact_in("Ana works as a nurse.", name="Ana"), fact_in("Hello.")
    (('occupation', 'nurse'), ('occupation', 'nurse'), None)
    """
    text = " ".join(sentence.split()).rstrip(_STOPS)
    for attribute, pattern in _patterns(name):
        if found := pattern.fullmatch(digits(text) if attribute.number else text):
            return attribute.key, attribute.canonical(found["value"])
    trade = _TRADE.fullmatch(text if name is None else to_first_person(text, name, "she"))
    if trade and kind_of(f"I am a {trade['value']}.") == "work":
        return "occupation", attribute_for("occupation").canonical(trade["value"])
    generic = re.compile(_generic(name) + r" (?:is|are) (?P<value>.+)", re.IGNORECASE | re.DOTALL)
    found = generic.fullmatch(text)
    return (_key(found["key"]), found["value"]) if found and _KEY.fullmatch(found["key"]) else None


def facts_in(text: str) -> tuple[tuple[str, str], ...]:
    """The keys and values that running speech in the first person says, in its order; a value is at most six words.

    >>> facts_in("Well, I'm a nurse, but I live in Porto and I love old maps!")
    (('occupation', 'nurse'), ('location', 'Porto'), ('likes', 'old maps'))
    """
    hits = [
        (found.start(), attribute.key, value)
        for attribute, pattern in _open_patterns()
        for found in pattern.finditer(digits(text) if attribute.number else text)
        if (value := attribute.canonical(found["value"])) and len(value.split()) <= 6
    ]
    hits += [
        (found.start(), "occupation", found["value"])
        for found in re.compile(_TRADE.pattern + _OPEN_END, re.IGNORECASE).finditer(text)
        if kind_of(f"I am a {found['value']}.") == "work"
    ]
    return tuple(dict.fromkeys((key, value) for _, key, value in sorted(hits)))


def normalised(card: Card) -> dict[str, Value]:
    """The card under its own keys, values trimmed, lists as tuples without repetitions, empty values left out.

    >>> normalised({"Sex": "Woman", "Job": "a nurse.", "interests": "chess, maps", "Shoe size": "41", "age": ""})
    {'gender': 'female', 'occupation': 'nurse', 'interests': ('chess', 'maps'), 'shoe size': '41'}
    """
    found: dict[str, Value] = {}
    for label, given in card.items():
        key = _key(label)
        if not _KEY.fullmatch(key) or re.search(r"(?<!\w)(?:is|are)(?!\w)", key):
            raise UsageError(f"the key {label!r} cannot stand in a sentence; use words, as in 'favourite food'")
        attribute = attribute_for(key)
        listed = [given] if isinstance(given, str) else list(given)
        if attribute.many and isinstance(given, str):
            listed = re.split(r"[,;，、；]", given)
        elif key in attributes() and not attribute.many:
            listed = [", ".join(listed)]
        for value in map(attribute.canonical, listed):
            if value:
                _added(found, key, value)
    return {key: _plain(key, value) for key, value in found.items()}


def card_of(persona: Persona) -> dict[str, Value]:
    """The card of a persona: what its identity says, and the statements of its own that say a key.

    >>> ana = Persona(name="Ana", identity={"age": "34"}, statements=[{"id": "a", "text": "I live in Porto."}])
    >>> card_of(ana)
    {'age': '34', 'location': 'Porto'}
    """
    own = persona.identity
    fields = {
        "gender": own.gender,
        "age": own.age,
        "location": own.region,
        "origin": own.origin,
        "occupation": own.occupation,
        "education": own.education,
        "languages": list(own.languages),
    }
    given = {key: value for key, value in fields.items() if value}
    card = normalised(given)
    said: dict[str, Value] = {}
    for statement in persona.statements:
        fact = fact_in(statement.text, name=persona.name if statement.person == "third" else None)
        if statement.speaker == "self" and fact and fact[0] in attributes():
            _added(said, *fact)
    return card | {key: _plain(key, value) for key, value in said.items() if key not in card}


def attribute_for(key: str) -> Attribute:
    """The attribute of a key; a key that is not known is said as "My … is …"."""
    known = attributes().get(_key(key))
    if known is not None:
        return known
    verb = "are" if key.endswith("s") and not key.endswith("ss") else "is"
    say = f"My {key} {verb} {{}}."
    return Attribute(key, kind_of_label(key) or kind_of(f"My {key} {verb} x."), say)


@cache
def attributes() -> dict[str, Attribute]:
    """Every key that has words of its own, in the order of the table."""
    return {
        key: Attribute(
            key,
            row["kind"],
            row["say"],
            row.get("else"),
            tuple(row.get("read", ())),
            row.get("like"),
            row.get("many", False),
            {value: tuple(words) for value, words in row.get("words", {}).items()},
            row.get("number", False),
        )
        for key, row in texts("facts").items()
    }


@cache
def _other_names() -> dict[str, str]:
    return {other: key for key, row in texts("facts").items() for other in row.get("also", ())}


def _key(label: str) -> str:
    plain = " ".join(label.casefold().replace("_", " ").replace("’", "'").split())
    return _other_names().get(plain, plain)


def _added(card: dict[str, Value], key: str, value: str) -> bool:
    """Put a value on the card; False where the key takes one value and has another."""
    before = card.get(key)
    if before is None:
        card[key] = (value,)
        return True
    if value in before:
        return True
    if key in attributes() and not attributes()[key].many:
        return False
    card[key] = (*before, value)
    return True


def _plain(key: str, values: Value) -> Value:
    many = key in attributes() and attributes()[key].many
    return values if many or isinstance(values, str) or len(values) > 1 else values[0]


def _unused(id: str, used: Collection[str]) -> str:
    """The id, numbered where sentences differ in punctuation only."""
    return id if id not in used else next(new for n in count(2) if (new := f"{id}-{n}") not in used)


def _with_article(value: str) -> str:
    if value[:1].isupper() or re.match(r"(?:the|my|our|some)\b", value, re.IGNORECASE):
        return value
    return f"{'an' if value[:1].lower() in 'aeiou' else 'a'} {value}"


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{\w*\}", lambda place: values[place[0]], pattern)


def _third(attribute: Attribute, value: str, name: str, pronouns: str) -> str:
    """The sentence about `name`: the pattern is turned, never the value."""
    turned = Attribute(
        attribute.key,
        attribute.kind,
        to_third_person(attribute.say, name, pronouns),
        to_third_person(attribute.otherwise, name, pronouns) if attribute.otherwise else None,
        like=attribute.like,
        words=attribute.words,
    )
    return turned.sentence(value)


@cache
def _patterns(name: str | None) -> tuple[tuple[Attribute, re.Pattern[str]], ...]:
    return tuple(
        (attribute, re.compile(_expression(shape, attribute, name), re.IGNORECASE | re.DOTALL))
        for attribute in attributes().values()
        for shape in _shapes(attribute)
    )


@cache
def _open_patterns() -> tuple[tuple[Attribute, re.Pattern[str]], ...]:
    return tuple(
        (
            attribute,
            re.compile(
                r"(?<![\w'])" + _expression(shape, attribute, None, value=r"[^.,;:!?…\n]{1,60}?") + _OPEN_END,
                re.IGNORECASE,
            ),
        )
        for attribute in attributes().values()
        for shape in _shapes(attribute)
    )


def _shapes(attribute: Attribute) -> Iterator[str]:
    yield attribute.say
    if attribute.otherwise:
        yield attribute.otherwise
    yield from attribute.read


def _expression(shape: str, attribute: Attribute, name: str | None, value: str = ".+") -> str:
    """A regular expression that finds the value of a sentence of this shape; its final stop is left out."""
    if attribute.like and shape != attribute.otherwise:
        value = attribute.like
    if name is not None:
        shape = to_third_person(shape, "\ue000", "she")
    words = "|".join(re.escape(word) for all_words in attribute.words.values() for word in all_words)
    places = {"{}": f"(?P<value>{value})", "{a}": f"(?:an? )?(?P<value>{value})", "{word}": f"(?P<value>{words})"}
    parts = re.split(r"(\{\w*\}|\*)", shape.rstrip("."))
    literal = [r"[\w-]+" if part == "*" else re.escape(part).replace("'", "['’]") for part in parts]
    text = "".join(places.get(part, other) for part, other in zip(parts, literal, strict=True))
    if name is None:
        return text
    subject = f"(?:{re.escape(name)}|she|he)"
    possessive = f"(?:{re.escape(name)}['’]s|her|his)"
    return text.replace("\ue000['’]s", possessive).replace("\ue000", subject)


def _generic(name: str | None) -> str:
    key = r"(?P<key>[^\W\d_][\w' -]{0,39}?)"
    return f"My {key}" if name is None else f"(?:{re.escape(name)}['’]s|her|his) {key}"
