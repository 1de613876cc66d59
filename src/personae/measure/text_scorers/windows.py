"""A scorer that reads a window at a time, over texts of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from personae.measure.author_traits.pieces import pieces
from personae.measure.text_scorers.roles import BLANK, Scored
from personae.models.embedder import supported


def score_windows(texts: Sequence[str], tokens: int, read: Callable[[Sequence[str]], Iterable[float]]) -> list[Scored]:
    """Mean and highest window of each text, all windows read at once. Blank gets a reason; what is not English a
    warning.

    >>> [each.value for each in score_windows(["One. Two.", " "], 128, lambda windows: [0.25] * len(windows))]
    [0.25, None]
    """
    windows = [pieces(text, tokens) for text in texts]
    values = iter(read([window for each in windows for window in each]))
    return [
        Scored.over_windows([float(next(values)) for _ in each], warning=supported(text))
        if each
        else Scored(reason=BLANK)
        for text, each in zip(texts, windows, strict=True)
    ]
