"""Macros: `{{char}}`, `{{user}}`, `{{random:A,B}}` and the other curly words of character cards, replaced by text.

The set is that of the public character card specification V3. Nothing is evaluated; text that a macro puts in is
never read for macros again, so a user called `{{user}}` is harmless. Unknown macros stay as they are.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\{\{(?!\{)|\}\}|<(?:user|char|bot)>", re.IGNORECASE)
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")


@dataclass(frozen=True)
class Macros:
    """Replaces macros for one prompt. `rng` serves `random` and `roll`; `pick` depends on `seed` and its options only.

    `names` holds further words without arguments, such as `original`; their values go in as they are.

    >>> macros = Macros("Ana", "Rui", random.Random(0))
    >>> macros("{{Char}} greets <USER>.{{// not for the prompt}} {{reverse:abc}} {{unknown}}")
    'Ana greets Rui. cba {{unknown}}'
    >>> macros("{{pick:tea,coffee}}") == macros("{{pick:tea,coffee}}")
    True
    """

    char: str
    user: str
    rng: random.Random = field(default_factory=lambda: random.Random(0))
    seed: int = 0
    names: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, *, reveal_hidden: bool = False) -> str:
        """The text with its macros replaced; `reveal_hidden` keeps what `{{hidden_key:…}}` hides, for matching."""
        if "{{" not in text and "<" not in text:
            return text
        open_macros: list[list[str]] = [[]]
        end = 0
        for token in _TOKEN.finditer(text):
            open_macros[-1].append(text[end : token.start()])
            end = token.end()
            self._take(token.group(), open_macros, reveal_hidden)
        open_macros[-1].append(text[end:])
        return "{{".join("".join(pieces) for pieces in open_macros)

    def _take(self, token: str, open_macros: list[list[str]], reveal_hidden: bool) -> None:
        if token == "{{":
            open_macros.append([])
        elif token != "}}":
            open_macros[-1].append(self.user if token.lower() == "<user>" else self.char)
        elif len(open_macros) == 1:
            open_macros[-1].append(token)
        else:
            body = "".join(open_macros.pop())
            value = self._value(body, reveal_hidden)
            open_macros[-1].append("{{" + body + "}}" if value is None else value)

    def _value(self, body: str, reveal_hidden: bool) -> str | None:
        """What a macro stands for; None when it is not one."""
        if body.lstrip().startswith("//"):
            return ""
        word, colon, argument = body.partition(":")
        word = word.strip().lower()
        if not colon:
            return {"char": self.char, "user": self.user, **self.names}.get(word)
        if word == "hidden_key":
            return argument if reveal_hidden else ""
        function = _WITH_ARGUMENT.get(word)
        return function(self, argument) if function else None

    def _random(self, argument: str) -> str:
        return self.rng.choice(options(argument))

    def _pick(self, argument: str) -> str:
        digest = hashlib.sha256(f"{self.seed}\0{argument}".encode("utf-8", "surrogatepass")).digest()
        choices = options(argument)
        return choices[int.from_bytes(digest[:8], "big") % len(choices)]

    def _roll(self, argument: str) -> str | None:
        sides = re.fullmatch(r"[:\s]*d?([0-9]{1,9})\s*", argument, re.IGNORECASE)
        return str(self.rng.randint(1, int(sides[1]))) if sides and int(sides[1]) else None


_WITH_ARGUMENT: dict[str, Callable[[Macros, str], str | None]] = {
    "random": Macros._random,
    "pick": Macros._pick,
    "roll": Macros._roll,
    "reverse": lambda _, argument: argument[::-1],
    "comment": lambda _, argument: "",
}


def options(argument: str) -> list[str]:
    r"""The options of `random` and `pick`, at least one: split at commas, where `\,` is a comma in the text.

    Real cards also write `{{random::A::B}}`; both forms are read.

    >>> options(r"red, green\, or so,blue")
    ['red', 'green, or so', 'blue']
    >>> options(":A::B, C")
    ['A', 'B, C']
    """
    if argument.startswith(":"):
        argument = argument[1:]
        if "::" in argument:
            return [option.strip() for option in argument.split("::")]
    return [option.replace("\\,", ",").strip() for option in _UNESCAPED_COMMA.split(argument)]
