"""One fact in another form: key and value ↔ sentence, PersonaChat spelling ↔ plain English. See also `perspective`."""

from __future__ import annotations

import re
from typing import Literal

PERSON: tuple[tuple[Literal["first", "second"], re.Pattern[str]], ...] = (
    ("first", re.compile(r"\b(?:i|me|my|mine|myself|we|our)\b", re.IGNORECASE)),
    ("second", re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)),
)


def sentence_for(label: str, value: str) -> str:
    """A key and its value as a sentence in the first person.

    >>> sentence_for("Species", "elf"), sentence_for("Likes", "old maps"), sentence_for("Shoe size", "41")
    ('I am an elf.', 'I like old maps.', 'My shoe size is 41.')
    """
    key = " ".join(label.casefold().replace("_", " ").split())
    value = value.strip().strip("\"“”'[]{}").strip()
    value = value.rstrip(".,;") or value
    if len(value.split()) > 5 or re.search(r"[.!?]\s", value):
        return value if value[-1:] in ".!?…。" else f"{value}."
    pattern = SENTENCES.get(key)
    if pattern is None:
        verb = "are" if key.endswith("s") and not key.endswith("ss") else "is"
        return f"My {key} {verb} {value}."
    if "{a}" in pattern:
        return pattern.format(a=_with_article(value))
    return pattern.format(value)


def key_value_for(sentence: str) -> tuple[str, str] | None:
    """The key and value a sentence of `sentence_for` was made from; None for any other sentence.

    >>> key_value_for("My name is Ana."), key_value_for("I am an elf.")
    (('name', 'Ana'), ('species', 'elf'))
    """
    for key, pattern in sorted(SENTENCES.items(), key=lambda row: -len(row[1])):
        shape = re.escape(pattern).replace(r"\{\}", "(.+)").replace(r"\{a\}", "an? (.+)")
        found = re.fullmatch(shape, sentence)
        if found:
            return key, found[1]
    found = re.fullmatch(r"My ([^\W\d_][\w ]*?) (?:is|are) (.+)\.", sentence)
    return (found[1], found[2]) if found else None


#: Label → sentence with a place for the value ("{a}" adds the article); of equal sentences the first label counts.
SENTENCES: dict[str, str] = {
    "name": "My name is {}.",
    "full name": "My full name is {}.",
    "character": "My name is {}.",
    "nickname": "People call me {}.",
    "age": "My age is {}.",
    "species": "I am {a}.",
    "race": "I am {a}.",
    "job": "I work as {a}.",
    "occupation": "I work as {a}.",
    "profession": "I work as {a}.",
    "residence": "I live in {}.",
    "location": "I live in {}.",
    "region": "I live in {}.",
    "home": "I live in {}.",
    "birthplace": "I was born in {}.",
    "hometown": "I grew up in {}.",
    "personality": "I am {}.",
    "traits": "I am {}.",
    "mind": "I am {}.",
    "likes": "I like {}.",
    "loves": "I love {}.",
    "dislikes": "I dislike {}.",
    "hates": "I hate {}.",
    "fears": "I am afraid of {}.",
    "fear": "I am afraid of {}.",
    "skills": "I am good at {}.",
    "abilities": "I am good at {}.",
    "hobbies": "My hobby is {}.",
    "hobby": "My hobby is {}.",
    "interests": "I am interested in {}.",
    "languages": "I speak {}.",
    "education": "I studied {}.",
    "goal": "My goal is {}.",
    "goals": "My goal is {}.",
}


def ensure_stop(text: str) -> str:
    """The text, ended like a sentence.

    >>> ensure_stop("likes tea"), ensure_stop("Really?")
    ('likes tea.', 'Really?')
    """
    text = text.strip()
    return text if not text or text[-1] in '.!?…。！？:;"”*)' else f"{text}."


def plain(text: str) -> str:
    """PersonaChat's lower-case, spaced-out spelling as plain English.

    >>> plain("i 've two dogs , and i love them .")
    "I've two dogs, and I love them."
    """
    text = re.sub(r"\s+([.,!?;:])", r"\1", " ".join(text.split()))
    text = re.sub(r"\b(\w+) (['’](?:s|m|re|ve|ll|d|t))\b", r"\1\2", text)
    text = re.sub(r"(?<![\w'’])i(?![\w])", "I", text)
    return text[:1].upper() + text[1:]


def _with_article(value: str) -> str:
    if re.match(r"(?:an?|the|my|his|her|their)\b", value, re.I) or value[:1].isupper():
        return value
    return f"{'an' if value[:1].lower() in 'aeiou' else 'a'} {value}"
