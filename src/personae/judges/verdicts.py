"""What a judge's words say: final scores, several scores in one answer, JSON, sides A and B, certainty.

Strict: an answer that does not say it exactly once, in the form asked for, is a `Problem`, whose text tells the judge
what to do better. Nothing is guessed, for a guess would become data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import FormatError
from personae.persona.formats.json_text import parse

#: A longer answer is no verdict.
MAX_CHARS = 100_000

Side = Literal["A", "B", "tie"]

_MARKUP = r"[*_`\"“”']{0,4}"
_NUMBER = r"(?P<number>[-+−]?[0-9]{1,6}(?:[.,][0-9]{1,6})?)"
_OUT_OF = r"(?:[ \t]{0,3}/[ \t]{0,3}(?P<most>[0-9]{1,6}))?"
_LEAD = re.compile(r"final[ \t]{1,3}score[*_`]{0,4}[ \t]{0,3}(?:is\b|:|=)[ \t]{0,3}:?", re.IGNORECASE)
_END = rf"(?:\.{_MARKUP}(?=\s|\Z)|(?=[ \t]{{0,9}}(?:[\r\n]|\Z)))"
_SCORE = re.compile(rf"\s{{0,4}}{_MARKUP}\s{{0,2}}{_NUMBER}{_MARKUP}{_OUT_OF}{_MARKUP}{_END}")
_ALONE = re.compile(rf"\s*{_MARKUP}{_NUMBER}{_MARKUP}{_OUT_OF}{_MARKUP}\.?{_MARKUP}\s*")
_THOUGHTS = re.compile(r"\s*<(think|thinking)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(
    r"^[ \t#*_>\[(]{0,8}reply[ \t]{1,3}(?P<place>[0-9]{1,3})[ \t\])*_:.]{0,8}$", re.IGNORECASE | re.MULTILINE
)
_MARKED_SIDE = re.compile(r"\[\[[ \t]{0,4}([^\[\]\n]{0,40}?)[ \t]{0,4}\]\]")
_SIDE_ALONE = re.compile(r"\W{0,4}(?:(?:verdict|answer|choice)\W{1,4}|reply[ \t]+)?(A|B|tie)\W{0,4}", re.IGNORECASE)
_SIDES: Mapping[str, Side] = {"a": "A", "b": "B", "tie": "tie"}
_CERTAINTY = re.compile(
    rf"certainty[*_`]{{0,4}}[ \t]{{0,3}}(?:is\b|:|=)[*_` \t]{{0,8}}{_NUMBER}(?![0-9.%\-–]*[0-9])", re.IGNORECASE
)
_PAIR = re.compile(
    r"\[[ \t]{0,4}scores?[ \t]{0,4}\][*_`:\s]{0,12}"
    r"\([ \t]{0,4}(?P<a>[-+−.0-9]{1,12})[ \t]{0,4},[ \t]{0,4}(?P<b>[-+−.0-9]{1,12})[ \t]{0,4}\)",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,6}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer could not be used, as a sentence the judge can act on."""

    text: str


def read_score(text: str, low: int = 1, high: int = 5) -> int | Problem:
    """The whole number after "final score is", or the number that is the whole answer.

    The number may stand as `4`, `**4**`, `4/5` or `4.0`, with a full stop; after it the line or sentence must end.
    Several final scores must be the same.

    >>> [read_score(f"Warm. Therefore, the final score is {said}") for said in ("4", "**4**.", "4/5", "4.0")]
    [4, 4, 4, 4]
    >>> read_score("Therefore, the final score is 4 or 5.").text
    "no final score was found; end with the sentence 'Therefore, the final score is N.', N from 1 to 5"
    """
    said = answer_of(text)
    found = [match for lead in _LEAD.finditer(said) if (match := _SCORE.match(said, lead.end()))]
    if not found and (alone := _ALONE.fullmatch(said)):
        found = [alone]
    if not found:
        wanted = f"'Therefore, the final score is N.', N from {low} to {high}"
        return Problem(f"no final score was found; end with the sentence {wanted}")
    scores: set[int] = set()
    for match in found:
        score = _whole(match, low, high)
        if isinstance(score, Problem):
            return score
        scores.add(score)
    if len(scores) > 1:
        return Problem(f"it names different final scores, {' and '.join(map(str, sorted(scores)))}; give exactly one")
    return scores.pop()


def read_scores(text: str, count: int, low: int = 1, high: int = 5) -> tuple[int, ...] | Problem:
    """One score from each of `count` blocks, headed "Reply 1" … in this order; a flaw in one block spoils all.

    >>> read_scores("Reply 1\\nThe final score is 2.\\n\\n**Reply 2:**\\nThe final score is 5.", 2)
    (2, 5)
    """
    said = answer_of(text)
    heads = list(_BLOCK.finditer(said))
    places = [int(head["place"]) for head in heads]
    if places != list(range(1, count + 1)):
        return Problem(
            f"it has the blocks {places}; head exactly {count} blocks 'Reply 1' to 'Reply {count}', in order"
        )
    ends = [*(head.start() for head in heads[1:]), len(said)]
    scores = []
    for head, end in zip(heads, ends, strict=True):
        score = read_score(said[head.end() : end], low, high)
        if isinstance(score, Problem):
            return Problem(f"in the block 'Reply {head['place']}' {score.text}")
        scores.append(score)
    return tuple(scores)


def read_object(text: str) -> dict[str, Any] | Problem:
    """The one JSON object of an answer: the whole of it, or what stands between one pair of ``` lines.

    A key that occurs twice, NaN, a second value or nesting beyond 100 levels is a `Problem`.

    >>> read_object('Here it is:\\n```json\\n{"flaws": []}\\n```')
    {'flaws': []}
    """
    said = answer_of(text).strip()
    if len(said) > MAX_CHARS:
        return Problem(f"it has {len(said)} characters; answer in fewer than {MAX_CHARS}")
    blocks = _fenced(said)
    if len(blocks) > 1:
        return Problem(f"it holds {len(blocks)} blocks of JSON; answer with one JSON object and nothing else")
    try:
        tree = parse(blocks[0] if blocks else said, "the answer")
    except FormatError as error:
        return Problem(f"it is not usable JSON ({error}); answer with one JSON object and nothing else")
    if not isinstance(tree, dict):
        return Problem("it is JSON but no object; answer with one JSON object and nothing else")
    return tree


def read_side(text: str, *, ties: bool = False) -> Side | Problem:
    """The side a verdict names: `[[A]]`, `[[B]]` (with `ties`, `[[tie]]`) anywhere, or as the whole answer.

    >>> read_side("A keeps the accent, B drops it. [[A]]"), read_side("(b)")
    ('A', 'B')
    >>> read_side("[[A]] … on second thought [[B]]").text
    'it names A and B; give exactly one verdict'
    """
    said = answer_of(text)
    known = dict(_SIDES) if ties else {"a": _SIDES["a"], "b": _SIDES["b"]}
    wanted = ", ".join(f"[[{side}]]" for side in known.values())
    marks = [mark.lower() for mark in _MARKED_SIDE.findall(said)]
    if not marks and (alone := _SIDE_ALONE.fullmatch(said.strip())):
        marks = [alone[1].lower()]
    if not marks:
        return Problem(f"no verdict was found; end with one of {wanted}")
    if unknown := [mark for mark in marks if mark not in known]:
        return Problem(f"the verdict {unknown[0]!r} is none of {wanted}")
    sides = sorted({known[mark] for mark in marks})
    return sides[0] if len(sides) == 1 else Problem(f"it names {' and '.join(sides)}; give exactly one verdict")


def read_certainty(text: str) -> int | Problem:
    """The whole number from 1 to 100 after "certainty:", the same wherever it stands.

    >>> read_certainty("[[A]]\\nCertainty: 85")
    85
    """
    found = {_value(match["number"]) for match in _CERTAINTY.finditer(answer_of(text))}
    if len(found) != 1:
        return Problem("no single certainty was found; give a line 'Certainty: N', N from 1 to 100")
    value = found.pop()
    if value is None or value != int(value) or not 1 <= value <= 100:
        return Problem(f"the certainty {value} is no whole number from 1 to 100")
    return int(value)


def read_pair(text: str, low: float = 1, high: float = 10) -> tuple[float, float] | Problem:
    """The two numbers of the last line "[Scores]: (a, b)"; several such lines must say the same.

    >>> read_pair("B is flatter. [Scores]: (9, 7.5)")
    (9.0, 7.5)
    """
    found = {(_value(match["a"]), _value(match["b"])) for match in _PAIR.finditer(answer_of(text))}
    if len(found) != 1:
        many = "different pairs of scores were" if found else "no pair of scores was"
        return Problem(f"{many} found; end with one line '[Scores]: (a, b)', the score of A first")
    a, b = found.pop()
    if a is None or b is None:
        return Problem("a score is no number; write '[Scores]: (a, b)' with plain numbers")
    if not (low <= a <= high and low <= b <= high):
        return Problem(f"the scores ({a:g}, {b:g}) are not both from {low:g} to {high:g}")
    return a, b


def answer_of(text: str) -> str:
    """The answer without a leading block of <think>…</think>, which some models put before it.

    >>> answer_of("<think>the final score is 1?</think> The final score is 4.")
    ' The final score is 4.'
    """
    thoughts = _THOUGHTS.match(text)
    return text[thoughts.end() :] if thoughts else text


def _fenced(text: str) -> list[str]:
    """What stands between lines of ```, two by two; a block that is never closed is none."""
    lines = text.splitlines()
    marks = [number for number, line in enumerate(lines) if line.strip().lower() in ("```", "```json")]
    return ["\n".join(lines[start + 1 : end]) for start, end in zip(marks[::2], marks[1::2], strict=False)]


def _whole(match: re.Match[str], low: int, high: int) -> int | Problem:
    """The number of a match as a score: whole, in range, and of the right maximum."""
    value = _value(match["number"])
    if value is None or value != int(value):
        return Problem(f"the final score {match['number']} is no whole number; give one from {low} to {high}")
    if not low <= value <= high:
        return Problem(f"the final score {match['number']} is not from {low} to {high}")
    if match["most"] is not None and int(match["most"]) != high:
        return Problem(f"the final score is given out of {match['most']}; give one from {low} to {high}")
    return int(value)


def _value(number: str) -> float | None:
    """A plain number; None for anything else, a decimal comma among it."""
    number = number.replace("−", "-")
    return float(number) if _PLAIN_NUMBER.fullmatch(number) else None
