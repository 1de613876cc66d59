"""What is mended in an actor's turn before the others hear it: lines of other people, and openings said before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from personae.simulate.scenes.grammar import pieces

#: Two openings above this `difflib` ratio are the same (CoSER); shorter ones than so many words are only a manner.
NEARLY = 0.9
FEWEST_WORDS = 4
_CLAUSE = re.compile(r"[^.!?;:…—–\n]*[.!?;:…—–\n]+[\"'”’)]*\s*")
#: So much of an opening is compared; a thought or an action is taken off whole, never in part.
_LONGEST = 400


def own_lines(text: str, others: Iterable[str]) -> str:
    """The text up to where it begins to speak for somebody else; if it does so at once, as it is.

    What somebody thinks that others might say is a thought, and stays: a cut there could lose the end of the thought.

    >>> own_lines("Who knocks? \\nKent: A friend.", ["Kent"])
    'Who knocks?'
    """
    names = [f"{name}:".casefold() for name in others]
    place = 0
    for piece in pieces(text):
        for line in [piece.text] if piece.kind == "thought" else piece.text.splitlines(keepends=True):
            plain = line.lstrip(" *_#>").replace("**", "").casefold()
            new = place and text[place - 1] == "\n" and piece.kind != "thought"
            if new and any(plain.startswith(name) for name in names):
                return text[:place].strip()
            place += len(line)
    return text.strip()


def without_repeated_opening(text: str, before: Sequence[str]) -> tuple[str, str]:
    """The turn without an opening clause that nearly repeats one of the speaker's turns `before`, and what was cut.

    Openings are compared by `difflib` ratio; a turn that would be empty without its opening stays whole. Brackets
    are kept apart: an opening is a thought, an action, or a clause of speech.

    >>> without_repeated_opening("I tell you once again, no. Leave!", ["I tell you once again: no. Sit!"])
    ('Leave!', 'I tell you once again, no.')
    """
    start = opening(text)
    rest = text[text.find(start) + len(start) :].strip() if start else ""
    if not rest or len(start.split()) < FEWEST_WORDS:
        return text, ""
    plain = _plain(start[:_LONGEST])
    for earlier in before:
        matcher = SequenceMatcher(None, plain, _plain(opening(earlier)[:_LONGEST]), autojunk=False)
        if matcher.quick_ratio() > NEARLY and matcher.ratio() > NEARLY:
            return rest, start
    return text, ""


def opening(text: str) -> str:
    """The first thought, action or clause of speech of a turn.

    >>> opening("(bows low) My lord!"), opening("My lord, I am sorry. Indeed.")
    ('(bows low)', 'My lord, I am sorry.')
    """
    first = next((piece for piece in pieces(text) if piece.text.strip()), None)
    if first is None:
        return ""
    if first.kind != "speech":
        return first.text.strip()
    clause = _CLAUSE.match(first.text.lstrip()[:_LONGEST])
    return (clause[0] if clause else first.text.strip()[:_LONGEST]).strip()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
