"""The rows of a mix: leaks dropped, groups held together, licences known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from personae.errors import FormatError, UsageError
from personae.models.embedder import MiniLM
from personae.train.pair_scorer.persona_pairs import Pair
from personae.train.pair_scorer.rows import (
    LICENCES,
    OPEN,
    hold_out,
    normal,
    read_mix,
    read_pairs,
    read_tests,
    without_leaks,
)


def by_letters(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors in no time: which rows are in the mix does not hang on who embeds, only how near they count."""
    counts = np.array([[text.count(letter) + 1 for letter in "etaoinshrdlu"] for text in texts], dtype=np.float32)
    unit: npt.NDArray[np.float32] = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    return unit


def test_a_leak_is_found_whatever_its_case_and_punctuation() -> None:
    tests = [Pair("A man sleeps.", "He is awake.", 0, "snli_test")]
    kept, dropped = without_leaks(
        [Pair("a man SLEEPS", "he is awake!", 0, "snli_dev"), Pair("A man sleeps.", "He snores.", 1, "snli_dev")], tests
    )
    assert [pair.hypothesis for pair in kept] == ["He snores."]
    assert dropped == {"snli_dev": 1}


def test_of_dialogue_rows_the_utterance_alone_is_a_leak() -> None:
    tests = [Pair("i have two dogs and a cat.", "i like tea.", 1, "dnli_valid")]
    rows = [
        Pair("I have two dogs and a cat", "my name is nick.", 1, name) for name in ("personachat: near", "cad_train")
    ]
    kept, dropped = without_leaks(rows, tests)
    assert [pair.source for pair in kept] == ["cad_train"]
    assert dropped == {"personachat": 1}


def test_rows_of_one_premise_are_held_out_together() -> None:
    rows = [Pair(f"premise {number // 3}", f"hypothesis {number}", 0, "x") for number in range(300)]
    train, out = hold_out(rows)
    assert 0 < len(out) < 40
    assert hold_out(rows[::-1])[1] == out[::-1]
    assert not {pair.premise for pair in train} & {pair.premise for pair in out}


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"p": "a", "h": "b", "y": "E", "src": "s"}) + '\n{"p": "a"}\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 2"):
        read_pairs(file)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nli-compiled"):
        read_mix(tmp_path, MiniLM().embed)


@pytest.mark.slow
def test_the_open_mix_holds_no_row_of_a_test_and_no_row_without_a_licence(data_dir: Path) -> None:
    mix = read_mix(data_dir, by_letters)
    tests = {(normal(t.premise), normal(t.hypothesis)) for t in read_tests(data_dir / "nli-compiled")}
    rows = [*mix.pairs, *mix.held_out]
    assert not [pair for pair in rows if (normal(pair.premise), normal(pair.hypothesis)) in tests]
    sources = {name.partition(",")[0] for name in mix.counts}
    assert sources == {*OPEN, "slots", "characters", "personachat"}
    assert not [name for name in sources if "unclear" in LICENCES[name] or "NC" in LICENCES[name]]
