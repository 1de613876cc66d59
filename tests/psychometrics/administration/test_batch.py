"""Many items in one reply: read by label, each once, and the released answers to the BFI-44."""

from __future__ import annotations

import csv
import json
import re
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.psychometrics.administration.batch import read_batch, read_batch_json
from personae.psychometrics.administration.parse import Options
from personae.psychometrics.administration.prompt import tags

FIVE = Options(("1", "2", "3", "4", "5"))
THREE = Options(("low", "middle", "high"), ("1", "2", "3"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("(a) 1\n(b) 2\n(c) 3", (0, 1, 2)),
        ("Here are my answers:\n\n(c) 3\n(a) 1\n(b) high", (0, 2, 2)),
        ("a) 1\nb) 2\nc) 3", (0, 1, 2)),
        ("(a) I like parties: 3\n(b) I keep quiet - 1\n(c) Tea = middle", (2, 0, 1)),
        ("(b) 3\n(a) 1\n(b) 2\n(c) 3", (0, 1, 2)),
        ("(a) 1\n(a) 2\n(b) 2\n(c) 3", ("unparsed", 1, 2)),
        ("(a) 1 (b) 2 (c) 3", (0, 1, 2)),
        ("(a) 1\n(c) perhaps", (0, "unparsed", "unparsed")),
        ("I'm sorry, I cannot answer these.", ("refused",) * 3),
        ("1\n2\n3", ("unparsed",) * 3),
        (" ", ("empty",) * 3),
    ],
)
def test_items_are_read_by_their_tags_and_never_by_their_lines(said, found):
    assert read_batch(said, ("a", "b", "c"), THREE) == found


def test_a_json_object_is_read_by_its_keys():
    assert read_batch_json('{"a": "3", "b": 2, "c": "maybe"}', ("a", "b", "c"), THREE) == (2, 1, "unparsed")


def test_a_json_key_given_twice_is_read_as_text_and_not_as_the_last_value():
    assert read_batch_json('{"a": "3", "a": "1"}', ("a",), THREE) == ("unparsed",)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.randoms())
def test_the_order_of_the_lines_does_not_matter(chosen, rng):
    names = tags(len(chosen))
    lines = [f"({tag}) {index + 1}" for tag, index in zip(names, chosen, strict=True)]
    assert read_batch("\n".join(lines), names, FIVE) == tuple(chosen)
    tail = lines[1:]
    rng.shuffle(tail)
    assert read_batch("\n".join([lines[0], *tail]), names, FIVE) == tuple(chosen)


@given(st.text(max_size=300))
def test_any_text_gives_one_reading_per_tag(text):
    assert len(read_batch(text, ("a", "b"), THREE)) == len(read_batch_json(text, ("a", "b"), THREE)) == 2


def test_all_released_answers_to_the_bfi_are_read_and_stray_lines_are_passed_over(data_dir):
    folder = data_dir / "personallm"
    lines = (folder / "bfi_gpt-3.5-turbo-0613.jsonl").read_text("utf-8").splitlines()
    replies = [json.loads(line) for line in lines]
    read = [read_batch(reply["annotation"], tags(44), FIVE) for reply in replies]
    assert len(read) == 320
    assert all(isinstance(value, int) for row in read for value in row)
    stray = [reply for reply in replies if re.match(r"\((?!a\))", reply["annotation"].strip())]
    assert len(stray) == 5
    high = [reply["persona_encoding"].startswith("extr") for reply in replies]
    by_label = [_extraversion(folder, row) for row in read]
    by_place = [
        _extraversion(folder, [int(n) - 1 for n in re.findall(r"\)\s*(\d)", r["annotation"])][:44]) for r in replies
    ]
    assert _cohens_d(by_label, high) == pytest.approx(7.81, abs=0.01)
    assert _cohens_d(by_place, high) == pytest.approx(6.98, abs=0.01)


def _extraversion(folder, chosen) -> float:
    with (folder / "bfi44_key.tsv").open(encoding="utf-8", newline="") as file:
        keys = [row for row in csv.DictReader(file, delimiter="\t") if row["trait"] == "Extraversion"]
    points = [(chosen[int(row["item"]) - 1] + 1, row["reverse"] == "R") for row in keys]
    return statistics.mean(6 - point if turned else point for point, turned in points)


def _cohens_d(scores, high) -> float:
    """The definition of the specification: pooled over variances with ddof 0."""
    one, two = ([s for s, h in zip(scores, high, strict=True) if h is side] for side in (True, False))
    pooled = ((len(one) - 1) * statistics.pvariance(one) + (len(two) - 1) * statistics.pvariance(two)) / (
        len(scores) - 2
    )
    return (statistics.mean(one) - statistics.mean(two)) / pooled**0.5
