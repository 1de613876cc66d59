"""Where in a reply a contradiction sits: the words whose absence makes it smaller."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.refinement.violations import VIOLATED, contradictions
from personae.types import PairScorer

#: A word belongs to a contradiction if P(contradiction) falls by this much without it (spec 2.7).
DROP = 0.1

#: In longer replies whole clauses are taken away instead of words.
MAX_WORDS = 200

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_OPENS = r"(?:i|my|we|our|he|she|it|they|you|there|this|that|the|what|how|do|are)\b"
#: Where one clause ends and the next begins; the joining words belong to neither.
_JOINT = re.compile(
    rf"[.!?;,:…\n]+\s*(?:(?:and|but|so|or|because|though|although|since|while|then)\s+(?={_OPENS}))?"
    rf"|(?<!\s)\s+(?:and|but|so|or|because|though|although|since|while)\s+(?={_OPENS})"
    r"|(?<!\bif)(?<!\bas)(?<!\bthan)(?<!\bthat)(?<!\bwhen)(?<!\bwhat)(?<!\bwhere)(?<!\bhow)(?<!\bbefore)(?<!\bafter)"
    r"(?<!\buntil)(?<!\bdo)(?<!\bam)(?<!\bcan)(?<!\bthing)(?<!\ball)(?<!\bonly)(?<!\s)\s+(?=i(?:['’]m)?\s)",
    re.IGNORECASE,
)


_SELF = re.compile(r"\b(?:i|im|ive|me|my|mine|we|us|our|ours)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplySpan:
    """Characters `start` to `end` (excluded) of a reply; without them P(contradiction) falls by `drop`.

    Where a contradiction is said twice, `drop` is P(contradiction) of the span by itself.
    """

    start: int
    end: int
    drop: float


async def contradicting_spans(
    reply: str, statements: Sequence[str], scorer: PairScorer, *, drop: float = DROP
) -> tuple[ReplySpan, ...]:
    """The spans that carry the contradiction with the statements, in order of the text.

    Each word is left out in turn; a span is what P(contradiction) falls without, for the statement where it falls
    most, so that of two broken statements neither hides the other. Where no single word matters, or the reply has more
    than `MAX_WORDS`, clauses are left out instead. Where no single clause matters, for the contradiction is said
    twice, the clauses count that contradict by themselves. All variants are scored in one call. The result is empty
    when even that finds nothing. Neighbouring words become one span with the larger drop.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> statement = "I am a nurse."
    >>> scorer = ScriptedPairs({("I am a cook.", statement): (0.9, 0.1, 0), ("I am a .", statement): (0.2, 0.8, 0)})
    >>> asyncio.run(contradicting_spans("I am a cook.", [statement], scorer))[0].end
    11
    """
    words, clauses = [match.span() for match in _WORD.finditer(reply)], clauses_of(reply)
    words = words if len(words) <= MAX_WORDS else []
    kept = [reply[:start] + reply[end:] for start, end in (*words, *clauses)]
    alone = [reply[start:end] for start, end in clauses]
    texts = [text for text in dict.fromkeys((reply, *kept, *alone)) if _WORD.search(text)]
    found = dict(zip(texts, await contradictions(texts, statements, scorer), strict=True))

    def falls(pieces: Sequence[tuple[int, int]], without: Sequence[str]) -> list[ReplySpan]:
        rows = [(piece, found[text]) for piece, text in zip(pieces, without, strict=True) if text in found]
        spans = [ReplySpan(*piece, max(map(operator.sub, found[reply], row))) for piece, row in rows]
        return [span for span in spans if span.drop >= drop]

    if spans := falls(words, kept[: len(words)]):
        return _joined(spans, reply)
    spans = falls(clauses, kept[len(words) :])
    lone = [ReplySpan(*piece, max(found[text])) for piece, text in zip(clauses, alone, strict=True)]
    return tuple(spans or (span for span in lone if span.drop >= VIOLATED))


def clauses_of(text: str) -> list[tuple[int, int]]:
    """The clauses of an English text as (start, end), without the punctuation and joining words between them.

    >>> text = "that sounds fun , i am a teacher and my wife is a nurse . you ?"
    >>> [text[start:end] for start, end in clauses_of(text)]
    ['that sounds fun', 'i am a teacher', 'my wife is a nurse', 'you']
    """
    cuts = [(0, 0), *(match.span() for match in _JOINT.finditer(text)), (len(text), len(text))]
    between = ((left[1], right[0]) for left, right in itertools.pairwise(cuts))
    trimmed = (_trimmed(text, start, end) for start, end in between)
    return [(start, end) for start, end in trimmed if _WORD.search(text, start, end)]


def claims(reply: str, span: ReplySpan) -> bool:
    """Does the sentence around a span say anything of the speaker? One without I, me, my or we does not.

    "Do you like dogs?" contradicts nobody who has none, whatever a pair scorer makes of it.

    >>> text = "Do you like dogs? I do."
    >>> claims(text, ReplySpan(12, 16, 0.5)), claims(text, ReplySpan(20, 22, 0.5))
    (False, True)
    """
    start = max(reply.rfind(mark, 0, span.start) for mark in ".!?\n") + 1
    ends = [end for mark in ".!?\n" if (end := reply.find(mark, span.end)) >= 0]
    end = min(ends, default=len(reply))
    return bool(_SELF.search(reply, start, end))


def widened(reply: str, spans: Sequence[ReplySpan]) -> tuple[ReplySpan, ...]:
    """The clauses that hold a span, each with the largest drop of those in it, in order of the text.

    >>> widened("Hm, I am a cook.", [ReplySpan(6, 8, 0.1), ReplySpan(11, 15, 0.6)])
    (ReplySpan(start=4, end=15, drop=0.6),)
    """
    held = [
        (start, end, [span.drop for span in spans if span.start < end and start < span.end])
        for start, end in clauses_of(reply)
    ]
    return tuple(ReplySpan(start, end, max(drops)) for start, end, drops in held if drops)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _joined(found: Sequence[ReplySpan], reply: str) -> tuple[ReplySpan, ...]:
    joined = [found[0]]
    for span in found[1:]:
        last = joined[-1]
        if reply[last.end : span.start].isspace():
            joined[-1] = ReplySpan(last.start, span.end, max(last.drop, span.drop))
        else:
            joined.append(span)
    return tuple(joined)
