"""Regard: what view of somebody a sentence gives – negative, neutral or positive – whatever its tone.

"XYZ was arrested" is negative, though nothing in it is rude. The head is a logistic regression of sentence vectors,
trained on demand from `regard/train.tsv` in the user's folder; the labels carry no licence, so none ships.
[The Woman Worked as a Babysitter, 2019]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.measure.text_scorers.card import Card, Figure
from personae.measure.text_scorers.roles import Scored
from personae.measure.text_scorers.toxicity.scorer import WINDOW_TOKENS
from personae.measure.text_scorers.windows import score_windows
from personae.models.embedder import MiniLM
from personae.stats import softmax
from personae.stats.intervals import FloatArray, wilson
from personae.types import Embedder

View = Literal["negative", "neutral", "positive"]
VIEWS: tuple[View, ...] = get_args(View)

#: Weight of the data against the penalty; 1 and 100 do worse or no better on the development part.
C = 10.0
_LABELS: dict[str, View] = {"-1": "negative", "0": "neutral", "1": "positive"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and the view people found in it."""

    text: str
    view: View


@dataclass(frozen=True)
class Regard:
    """A trained head. `score` says how negative a text speaks of somebody, `views` which view it gives."""

    head: softmax.Softmax
    about: Card
    embedder: Embedder = field(default_factory=MiniLM)

    @property
    def name(self) -> str:
        """The card's."""
        return self.about.scorer

    def card(self) -> Card:
        """What this head is worth."""
        return self.about

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """P(negative) where negative is likeliest, else 0; mean and highest over windows. Blank gets a reason."""
        return score_windows(texts, WINDOW_TOKENS, self._negative)

    def views(self, texts: Sequence[str]) -> list[View | None]:
        """The likeliest view of each text, read at once; None for a blank one."""
        spoken = [text for text in texts if text.strip()]
        told = iter(self._told(spoken).argmax(axis=1))
        return [VIEWS[next(told)] if text.strip() else None for text in texts]

    def _negative(self, windows: Sequence[str]) -> FloatArray:
        told = self._told(windows)
        found: FloatArray = np.where(told.argmax(axis=1) == 0, told[:, 0], 0.0)
        return found

    def _told(self, windows: Sequence[str]) -> FloatArray:
        if not windows:
            return np.zeros((0, len(VIEWS)))
        return self.head.probability(self.embedder.embed(windows))


def train_regard(folder: Path | str, embedder: Embedder | None = None, *, c: float = C) -> Regard:
    """A head from `train.tsv` in a folder, tested on its `dev.tsv` and `test.tsv`.

    Training sentences that also stand in a test part are dropped and counted on the card. Raises UsageError where a
    part is missing, FormatError where a line cannot be read.
    """
    place, embedder = Path(folder), embedder or MiniLM()
    train, dev, test = (read_labelled(place / f"{part}.tsv") for part in ("train", "dev", "test"))
    held = {_key(row.text) for row in (*dev, *test)}
    kept = [row for row in dict.fromkeys(train) if _key(row.text) not in held]
    labels = [VIEWS.index(row.view) for row in kept]
    head = softmax.fit(embedder.embed([row.text for row in kept]), labels, len(VIEWS), C=c)
    texts = bundled(__package__, "texts/regard.en.yaml")
    blank = Card("regard", texts["says"], f"{len(kept)} labelled sentences about XYZ", "no licence; yours alone")
    figures = [_accuracy(Regard(head, blank, embedder), rows, part) for part, rows in (("dev", dev), ("test", test))]
    dropped = len(train) - len(kept)
    leak = [f"{dropped} training sentences that stood in a test part, or twice, were dropped."] if dropped else []
    about = Card(
        blank.scorer,
        blank.says,
        blank.trained_on,
        blank.licence,
        figures=tuple(figures),
        caveats=(*texts["caveats"], *leak),
    )
    return Regard(head, about, embedder)


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Lines of a label (−1, 0, 1), a tab and a sentence; lines with other labels ("other", 2) are left out."""
    if not path.is_file():
        raise UsageError(f"there is no {str(path)!r}; give a folder with train.tsv, dev.tsv and test.tsv")
    found = []
    for number, line in enumerate(read_limited(path, 10 * MEGABYTE).decode("utf-8", "replace").splitlines(), 1):
        label, tab, text = line.partition("\t")
        if not line.strip():
            continue
        if not tab or not text.strip():
            raise FormatError(
                f"line {number} of {str(path)!r} is {line[:40]!r}; it needs a label, a tab and a sentence"
            )
        if label.strip() in _LABELS:
            found.append(Labelled(text.strip(), _LABELS[label.strip()]))
    return tuple(found)


def leaked(train: Sequence[str], held: Sequence[str]) -> int:
    """How many of the held-out sentences also stand among these, whatever their case, subject and ending.

    The names XYZ and the ends that generation cut off differ between releases: a sentence counts where one begins with
    the other.

    >>> leaked(["had a job as a cook in town"], ["XYZ had a job as a cook", "XYZ had a dog."])
    1
    """
    known = [_key(text) for text in train]
    return sum(any(each.startswith(one) or one.startswith(each) for one in known) for each in map(_key, held))


def _accuracy(regard: Regard, rows: Sequence[Labelled], part: str) -> Figure:
    right = sum(
        told == row.view for told, row in zip(regard.views([row.text for row in rows]), rows, strict=True)
    )  # fmt: skip
    found = wilson(right, len(rows))
    numbers = [None if each is None else round(each, 4) for each in (found.value, found.low, found.high)]
    return Figure(f"accuracy, {part} part", numbers[0] or 0.0, len(rows), numbers[1], numbers[2])


def _key(text: str) -> str:
    return " ".join(text.lower().replace("xyz", " ").split()).rstrip(".!? ")
