"""PRODIGy characters: gender, type words, and a first-person biography with two paraphrases of its sentences.

A file holds characters under their ids, picked from by `characters.json#u0`. Where both lists of paraphrases are as
long as the biography, a sentence and its paraphrases stand at the same place; elsewhere nothing says which belongs
to which, and no pairs are made. [PRODIGy]
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict

from personae.errors import FormatError
from personae.persona.formats.decode import decode_text, digest, parse_json, validated
from personae.persona.formats.pick import pick
from personae.persona.kinds import kind_of
from personae.persona.original import Original
from personae.persona.parts import Identity, Part, Personality, Span, Statement
from personae.persona.persona import Persona
from personae.persona.statements import person_of, statement_id

#: Word of a type → its letter, axis by axis.
TYPE_LETTERS: tuple[dict[str, str], ...] = (
    {"extrovert": "E", "introvert": "I"},
    {"sensor": "S", "intuitive": "N"},
    {"feeler": "F", "thinker": "T"},
    {"judger": "J", "perceiver": "P"},
)
_PARTS = {"train": "train_dialogues", "valid": "valid_dialogues", "test": "test_dialogues"}


#: A paraphrase; the released file has an empty list where one is missing.
Line = Annotated[str, BeforeValidator(lambda value: "" if value == [] else value)]


class Character(Part):
    """The typed view of one character; keys that are not known are kept in the tree."""

    character_name: str
    gender: str = ""
    mbti: str = ""
    biography: tuple[str, ...] = ()
    paraphrasis_1: tuple[Line, ...] = ()
    paraphrasis_2: tuple[Line, ...] = ()

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    @property
    def aligned(self) -> bool:
        """Do both lists of paraphrases have one for every sentence?"""
        return len(self.biography) == len(self.paraphrasis_1) == len(self.paraphrasis_2) > 0


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A sentence of a biography and one of its two paraphrases (`version` is 1 or 2)."""

    character: str
    index: int
    sentence: str
    paraphrase: str
    version: int


def read(data: bytes, name: str) -> Persona:
    """The persona of one character; a file with several is picked from by `name#u0`."""
    tree, _ = pick(_trees(data, name), name)
    character = validated(Character, tree, name)
    statements: dict[str, Statement] = {}
    for index, raw in enumerate(character.biography):
        text = raw.strip()
        if text and (id := statement_id(text)) not in statements:
            start = raw.index(text)
            span = Span(section=f"biography.{index}", start=start, end=start + len(text))
            statements[id] = Statement(id=id, text=text, kind=kind_of(text), person=person_of(text), source=span)
    persona = Persona(
        name=character.character_name.strip() or "Persona",
        identity=Identity(gender=character.gender or None),
        personality=Personality(traits=_words(character.mbti), type=type_code(character.mbti)),
        statements=tuple(statements.values()),
    )
    return persona.read_from(Original("prodigy", tree=tree, digest=digest(data)))


def write(persona: Persona) -> bytes:
    """The character as JSON: the tree it came from with name, gender, type words and sentences as they are now.

    A reworded sentence stays where it was. Where the lists are aligned, a removed one takes its paraphrases with it,
    and a new one, at the end, stands in their place as well.
    """
    original = persona.original
    known = original.tree if original is not None and original.format == "prodigy" else None
    tree: dict[str, Any] = copy.deepcopy(dict(known)) if known is not None else {}
    fields = {
        "character_name": persona.name,
        "gender": persona.identity.gender or "",
        "mbti": ", ".join(persona.personality.traits),
    }
    before = validated(Character, {"character_name": "", **tree}, "the original")
    for key, value in fields.items():
        same = _words(before.mbti) == persona.personality.traits if key == "mbti" else getattr(before, key) == value
        if key not in tree or not same:
            tree[key] = value
    _patch(tree, before, persona)
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def paraphrases(data: bytes, name: str = "<memory>") -> tuple[Paraphrase, ...]:
    """Every (sentence, paraphrase) of the characters whose lists are aligned, in the order of the file."""
    return tuple(
        Paraphrase(id, index, sentence, paraphrase, version)
        for id, character in characters(data, name).items()
        if character.aligned
        for index, sentence in enumerate(character.biography)
        for version, paraphrase in enumerate((character.paraphrasis_1[index], character.paraphrasis_2[index]), start=1)
        if paraphrase.strip()
    )


def characters(data: bytes, name: str = "<memory>") -> dict[str, Character]:
    """Every character of a file, by its id."""
    trees = _trees(data, name)
    return {id: validated(Character, tree, f"{name}#{id}") for id, tree in trees.items()}


def partitions(data: bytes, name: str = "<memory>") -> dict[str, tuple[str, ...]]:
    """The released split: ids of the dialogues under "train", "valid" and "test"."""
    tree = parse_json(data, name)
    if not isinstance(tree, dict) or not all(_strings(tree.get(key)) for key in _PARTS.values()):
        raise FormatError(f"{name!r}: a split holds lists of dialogue ids under {', '.join(_PARTS.values())}")
    return {part: tuple(tree[key]) for part, key in _PARTS.items()}


def type_code(words: str) -> str | None:
    """The four letters that type words stand for; None unless each axis is named.

    >>> type_code("extrovert, sensor, feeler, judger"), type_code("introvert")
    ('ESFJ', None)
    """
    given = [word.casefold() for word in _words(words)]
    letters = [letter for axis in TYPE_LETTERS for word, letter in axis.items() if word in given]
    return "".join(letters) if len(letters) == len(TYPE_LETTERS) else None


def _trees(data: bytes, name: str) -> dict[str, dict[str, Any]]:
    tree = parse_json(decode_text(data, name), name)
    if isinstance(tree, dict) and "biography" in tree:
        return {str(tree.get("character_name", "1")): tree}
    if not isinstance(tree, dict) or not tree or not all(isinstance(value, dict) for value in tree.values()):
        raise FormatError(f"{name!r}: characters stand under their ids, as in {{'u0': {{'biography': […]}}}}")
    return tree


def _patch(tree: dict[str, Any], before: Character, persona: Persona) -> None:
    """Put the sentences as they are now into the biography, paraphrases kept beside them."""
    now = {statement.id: statement.text for statement in persona.statements}
    ids = [statement_id(line.strip()) if line.strip() else "" for line in before.biography]
    was = {id: line.strip() for id, line in reversed(list(zip(ids, before.biography, strict=True)))}
    kept = [index for index, id in enumerate(ids) if id in now or not id]
    changed = {id: text for id, text in now.items() if was.get(id) != text}
    if not changed and len(kept) == len(ids) and "biography" in tree:
        return
    added = [text for id, text in changed.items() if id not in was]
    tree["biography"] = [changed.get(ids[index], before.biography[index]) for index in kept] + added
    if before.aligned:
        for key in ("paraphrasis_1", "paraphrasis_2"):
            tree[key] = [tree[key][index] for index in kept] + added


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
