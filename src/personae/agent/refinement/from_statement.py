"""Rewriting without a model: take the value from the contradicted statement. English.

Proposals go from the smallest change to the largest: another number, another value in the same phrase ("live in …",
"my favourite … is …"), the other polarity ("love" → "do not like", "have a" → "do not have any"), and last the
statement itself in place of the clause, of the sentence, or of the whole stretch that contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from personae.agent.refinement.numbers import in_place_of, numbers, value
from personae.agent.refinement.rewriting import Proposals
from personae.agent.refinement.spans import ReplySpan, widened

_STOP = (
    r"(?=\s+(?:but|and|because|so|who|that|which|where|at|in|for|with|from|since|while|though|"
    r"you|yet|has|is|was|are|have|had|does|do)\b|\s*[.,;:!?]|\s*$)"
)
_VALUE = rf"(?P<value>[^.,;:!?\n]{{1,80}}?){_STOP}"
_ADVERB = r"(?:\s+(?:originally|actually|currently|only|already|also|still|just|really|now|both|always))?"
_AM = rf"\bi(?:\s+am|\s?['’]?m){_ADVERB}"

#: Of so many numbers in a clause or a statement one may be exchanged.
FEW = 5

#: Phrases whose value may be exchanged for that of the same phrase in a statement. In one row, one means the other.
_FRAMES: tuple[tuple[str, ...], ...] = (
    (rf"\bmy\s+name\s+is\s+{_VALUE}", rf"\b(?:call|named)\s+me\s+{_VALUE}"),
    (rf"\bi{_ADVERB}\s+work(?:ed)?\s+(?:in|at|for)\s+{_VALUE}",),
    (
        rf"{_AM}\s+(?=an?\s){_VALUE}",
        rf"(?:\bi{_ADVERB}\s+work(?:ed)?|{_AM}\s+working)\s+as\s+{_VALUE}",
        rf"\bmy\s+job\s+is\s+(?:being\s+)?{_VALUE}",
    ),
    (
        rf"\bi{_ADVERB}\s+(?:live[ds]?|grew\s+up|reside)\s+(?:here\s+)?(?:in|on|at|near)\s+{_VALUE}",
        rf"{_AM}\s+(?:here\s+)?(?:in|from)\s+{_VALUE}",
        rf"\bborn\s+(?:and\s+raised\s+)?in\s+{_VALUE}",
        rf"\bin\s+(?!(?:with|an?|the|my|our|this|here|it)\b){_VALUE}",
    ),
    (rf"\bmy\s+favou?rite\s+\w+(?:\s+\w+)?\s+(?:is|was|are)\s+{_VALUE}",),
    (rf"\bi{_ADVERB}\s+(?:study|studied|major\s+in)\s+{_VALUE}", rf"{_AM}\s+(?:studying|majoring\s+in)\s+{_VALUE}"),
    (rf"\bi{_ADVERB}\s+drive\s+{_VALUE}", rf"\bmy\s+(?:car|truck)\s+is\s+{_VALUE}"),
    (rf"\bi{_ADVERB}\s+(?:have|own|got)\s+{_VALUE}",),
    (rf"\bi{_ADVERB}\s+(?:want|hope|plan)\s+to\s+be(?:come)?\s+{_VALUE}",),
    (rf"{_AM}\s+{_VALUE}",),
)  # fmt: skip
_LIKE = re.compile(r"\b(?:like|love|enjoy|adore)\b", re.IGNORECASE)
_DISLIKE = re.compile(
    r"\b(?:hate|dislike|detest|despise|(?:can(?:not|['’\s]?t|\s+not)|could\s+not)\s+stand|"
    r"(?:do\s+not|don['’\s]?t|never)\s+(?:really\s+)?(?:like|love|enjoy|care\s+for))\b",
    re.IGNORECASE,
)
_HAVE = re.compile(
    r"\b(?P<who>i|we)\s+(?P<verb>have|own)\s+"
    r"(?:(?P<one>an?|one)|some|my|the|many|lots\s+of|two|three|four|five|\d{1,4})\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:do\s+not|don['’\s]?t|never|no|not)\b", re.IGNORECASE)
#: First words of a statement that are written small inside a sentence.
_SMALL = re.compile(r"(?:my|our|we|the|an?|there|it|this|that|when|in|on|at|every|some|most|people)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]*")


async def from_statement(reply: str, spans: Sequence[ReplySpan], statements: Sequence[str]) -> Proposals:
    """Proposals by rule, without a model and without cost. Only clauses that hold a span are touched.

    >>> import asyncio
    >>> reply = "Hello! I am 40, so getting a job is hard."
    >>> asyncio.run(from_statement(reply, [ReplySpan(12, 14, 0.6)], ["I am 32."])).texts[0]
    'Hello! I am 32, so getting a job is hard.'
    """
    found = (text for statement in statements for text in _proposals(reply, spans, statement.strip()))
    texts = tuple(text for text in dict.fromkeys(found) if text != reply)
    return Proposals(texts, "answered" if texts else "empty")


def _proposals(reply: str, spans: Sequence[ReplySpan], statement: str) -> Iterator[str]:
    by_drop = sorted(widened(reply, spans), key=lambda span: -span.drop)
    touched = [(span.start, span.end) for span in by_drop]
    for start, end in touched:
        clause = reply[start:end]
        inside = [(max(span.start, start) - start, min(span.end, end) - start) for span in spans]
        changes = (*_other_number(clause, inside, statement), *_other_value(clause, statement))
        for text in (*changes, *_other_polarity(clause, statement)):
            yield reply[:start] + text + reply[end:]
    stretch = [(min(touched)[0], max(touched)[1])] if len(touched) > 1 else []
    for start, end in (*touched, *_sentences(reply, touched), *stretch):
        after = re.sub(r"^(\s*)!*\?[?!]*", r"\1.", reply[end:])
        yield reply[:start] + _fitted(statement, reply, start) + after


def _sentences(reply: str, touched: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(reply):
        start, end = match.span()
        if any(start <= clause[0] and clause[1] <= end for clause in touched):
            piece = match.group()
            yield start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _other_number(clause: str, inside: Sequence[tuple[int, int]], statement: str) -> Iterator[str]:
    news = numbers(statement)[:FEW]
    for old in numbers(clause)[:FEW]:
        if any(start < old.end() and old.start() < end for start, end in inside):
            for new in news:
                if value(new) != value(old):
                    yield clause[: old.start()] + in_place_of(new, old) + clause[old.end() :]


def _other_value(clause: str, statement: str) -> Iterator[str]:
    for row in _FRAMES:
        new = next((m for pattern in row if (m := re.search(pattern, statement, re.IGNORECASE))), None)
        old = next((m for pattern in row if (m := re.search(pattern, clause, re.IGNORECASE))), None)
        if not new or not old or bool(_NO.search(clause)) != bool(_NO.search(statement)):
            continue
        whole = statement[new.start("value") :].rstrip(" .!?")
        for text in dict.fromkeys((new["value"], whole)):
            yield clause[: old.start("value")] + text + clause[old.end("value") :]


def _other_polarity(clause: str, statement: str) -> Iterator[str]:
    liked, disliked = _LIKE.search(statement), _DISLIKE.search(statement)
    if disliked and not _DISLIKE.search(clause):
        yield from _first_replaced(_LIKE, disliked.group(), clause)
    elif liked and not disliked:
        yield from _first_replaced(_DISLIKE, liked.group(), clause)
    if _NO.search(statement) and not _NO.search(clause) and (had := _HAVE.search(clause)):
        article = "a" if had["one"] else "any"
        yield f"{clause[: had.start('verb')]}do not {had['verb']} {article}{clause[had.end() :]}"


def _first_replaced(pattern: re.Pattern[str], new: str, text: str) -> Iterator[str]:
    if old := pattern.search(text):
        yield text[: old.start()] + new + text[old.end() :]


def _fitted(statement: str, reply: str, start: int) -> str:
    """The statement without its full stop, its first letter as the place in the reply asks for."""
    text = statement.rstrip(" .!?;,")
    opens = not reply[:start].strip() or reply[:start].rstrip()[-1] in ".!?\n"
    if opens and reply != reply.lower():
        return text[:1].upper() + text[1:]
    return text[:1].lower() + text[1:] if _SMALL.match(text) or reply == reply.lower() else text
