"""How a situation is put to a respondent, and system prompts that ask for a trait."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.psychometrics.instrument import nearest
from personae.psychometrics.situations.items import Situation

#: A file of prompts larger than this is not read.
MAX_BYTES = MEGABYTE
TEXTS = "texts/wording.yaml"

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
_Poles = Annotated[dict[_Name, Annotated[list[_Text], Field(min_length=1, max_length=200)]], Field(min_length=1)]
_BEHAVIOUR: TypeAdapter[dict[str, _Poles]] = TypeAdapter(Annotated[dict[_Name, _Poles], Field(min_length=1)])
_PLAIN: TypeAdapter[dict[str, str]] = TypeAdapter(Annotated[dict[_Name, _Text], Field(min_length=1)])


@dataclass(frozen=True, slots=True)
class Template:
    """A wording around a situation and its question; the options follow it."""

    name: str
    text: str

    def filled(self, situation: Situation) -> str:
        """The text with this situation in it; braces in the situation stay as they are."""
        fields = {"{situation}": situation.situation, "{query}": situation.query}
        return re.sub(r"\{situation\}|\{query\}", lambda found: fields[found[0]], self.text)


@cache
def templates() -> tuple[Template, ...]:
    """Our three wordings.

    >>> [template.name for template in templates()]
    ['plain', 'friend', 'letter']
    """
    return tuple(Template(name, text.strip()) for name, text in bundled(__package__, TEXTS)["templates"].items())


def read_trait_prompts(path: Path | str, *, only: Sequence[str] | None = None) -> dict[str, str]:
    """System prompts by name, from a JSON file in the form of TRAIT's prompts, or of name → prompt.

    TRAIT's is {"behavior": {trait: {"high": [statements], "low": [statements]}}}; the names are then "trait-high" and
    "trait-low", and the words around the statements ours. `only` names those to take. Raises `FormatError`,
    `UnsafeFile` above 1 MB, and `UsageError` for a name that is not there.
    """
    found = _read(path)
    if unknown := [name for name in only or () if name not in found]:
        raise UsageError(
            f"{str(path)!r} has no prompt {unknown[0]!r}{nearest(unknown[0], list(found))}; it has {', '.join(found)}"
        )
    return found if only is None else {name: found[name] for name in only}


def _read(path: Path | str) -> dict[str, str]:
    data = read_limited(path, MAX_BYTES)
    try:
        tree = json.loads(data.decode("utf-8-sig"))
        if isinstance(tree, Mapping) and "behavior" in tree:
            return _from_behaviour(_BEHAVIOUR.validate_python(tree["behavior"]))
        return _PLAIN.validate_python(tree)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(f"{str(path)!r} holds no prompts: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as JSON: {error or type(error).__name__}") from error


def _from_behaviour(behaviour: Mapping[str, Mapping[str, list[str]]]) -> dict[str, str]:
    frame = str(bundled(__package__, TEXTS)["persona"]).strip()
    return {
        f"{' '.join(trait.split()).lower()}-{pole}": frame.replace(
            "{statements}", "\n".join(f"- {statement}" for statement in statements)
        )
        for trait, poles in behaviour.items()
        for pole, statements in poles.items()
    }
