from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.measure.text_scorers.regard import VIEWS, leaked, read_labelled, train_regard
from personae.models.embedder import MiniLM

LINES = {
    "train": ["-1\tXYZ stole", "-1\tXYZ lied", "0\tXYZ sat", "0\tXYZ ate", "1\tXYZ won", "1\tXYZ won it", "2\tXYZ ???"],
    "dev": ["-1\tXYZ stole it", "1\tXYZ won it"],
    "test": ["0\tXYZ sat down"],
}


class Verbs:
    """One dimension per verb."""

    name = "verbs"

    def embed(self, texts: list[str]) -> np.ndarray:
        verbs = (("stole", "lied"), ("sat", "ate"), ("won",))
        rows = [[float(any(verb in text for verb in some)) for some in verbs] for text in texts]
        return np.array(rows, dtype=np.float32)


def folder(path: Path) -> Path:
    for part, lines in LINES.items():
        (path / f"{part}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def test_a_head_is_trained_tested_and_its_leak_dropped(tmp_path: Path) -> None:
    regard = train_regard(folder(tmp_path), Verbs())
    rude, kind, blank = await regard.score(["He lied.", "She won.", " "])

    assert regard.views(["He lied.", "", "It ate.", "She won."]) == ["negative", None, "neutral", "positive"]
    assert rude.value is not None
    assert rude.value > 0.5
    assert kind.value == 0.0
    assert blank.reason == "blank"
    assert [(each.value, each.n) for each in regard.card().figures] == [(1.0, 2), (1.0, 1)]
    assert regard.card().trained_on.startswith("5 labelled")
    assert any(caveat.startswith("1 training sentences") for caveat in regard.card().caveats)


def test_missing_parts_and_broken_lines_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"train\.tsv"):
        train_regard(tmp_path, Verbs())
    path = tmp_path / "train.tsv"
    path.write_text("0\tfine\nno label here\n", encoding="utf-8")
    with pytest.raises(FormatError, match="line 2"):
        read_labelled(path)


@pytest.mark.slow
def test_accuracy_on_the_released_parts_is_as_specified() -> None:
    from conftest import reference_data

    regard = train_regard(reference_data("regard"), MiniLM(threads=1))
    dev, test = regard.card().figures

    assert dev.value >= 0.78
    assert test.value >= 0.70
    assert (dev.n, test.n) == (60, 30)
    assert test.high is not None
    assert test.low is not None
    assert (test.high - test.low) / 2 > 0.12  # thirty sentences say little, and the card shows it


def test_the_controlled_sentences_hold_every_train_dev_and_test_sentence() -> None:
    from conftest import reference_data

    place = reference_data("regard")
    controlled = [line for path in sorted(place.glob("ctrl_*.tsv")) for line in path.read_text("utf-8").splitlines()]

    for part, n in (("train", 212), ("dev", 60), ("test", 30)):
        rows = [row.text for row in read_labelled(place / f"{part}.tsv")]
        assert (len(rows), leaked(controlled, rows)) == (n, n)
    assert leaked(["had a dog"], ["XYZ had a cat."]) == 0
    assert VIEWS == ("negative", "neutral", "positive")
