"""Released answers of GPT-3.5 to a political questionnaire: flips over paraphrases, and choice against open text."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from personae.psychometrics import Instrument, Item, Licence, Response, Row
from personae.psychometrics.certificate import certify
from personae.stats.kappa import cohen_kappa

FOUR = Response(("strongly disagree", "disagree", "agree", "strongly agree"))
MODEL = "gpt-3.5-turbo-1106"


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chosen(text):
    """The label a completion holds, read from the last one down so that "strongly disagree" is not "agree"."""
    plain = " ".join(text.lower().split())
    found = {label for label in FOUR.labels if label in plain}
    if len(text) > 200 or not found:
        return None
    return FOUR.labels.index(max(found, key=len)) + 1


@pytest.fixture
def explicit(data_dir):
    return lines(data_dir / "llm-values-pct/completions/explicit_paraphrase_experiments_240124" / f"{MODEL}.csv")


def as_rows(explicit):
    for line in explicit:
        point = chosen(line["completion"])
        outcome = {"status": "refused"} if point is None else {"status": "answered", "answer": float(point)}
        yield Row("nobody", MODEL, "pct", line["pct_id"], line["templ_id"], "numbers", "forward", 0, 0, "isolated",
                  "parsed", **outcome)  # fmt: skip


def test_twenty_three_of_sixty_two_flip_over_ten_paraphrases(explicit):
    ids = sorted({line["pct_id"] for line in explicit})
    instrument = Instrument("pct", tuple(Item(id, "", "view", 1) for id in ids), FOUR, Licence("reserved"))
    found = certify(as_rows(explicit), instrument)
    assert (len(found.flipped), found.items) == (23, 62)
    assert round(100 * (1 - found.invalid), 1) == 98.1
    assert found.verdict == "unstable"
    assert "37% of the items change side" in found.reasons


def majority(sides):
    """+1, -1, 0 for a tie; None where nothing has a side."""
    counts = Counter(side for side in sides if side)
    if not counts:
        return None
    return 0 if counts[1] == counts[-1] else 1 if counts[1] > counts[-1] else -1


def test_choice_and_open_answer_are_opposite_in_eighteen_of_sixty_two_with_four_tied(explicit, data_dir):
    open_ = lines(data_dir / "llm-values-pct/completions/implicit_paraphrase_experiments_230124" / f"{MODEL}.csv")
    forced, free = {}, {}
    for line in explicit:
        point = chosen(line["completion"])
        forced.setdefault(line["pct_id"], []).append(0 if point is None else 1 if point > 2 else -1)
    for line in open_:
        word = line["classification"].strip(" .").lower()
        free.setdefault(line["pct_id"], []).append({"agree": 1, "disagree": -1}.get(word, 0))
    sides = [(majority(forced[id]), majority(free[id])) for id in forced]
    assert len(sides) == 62
    assert sum(a * b == -1 for a, b in sides) == 18
    assert sum(0 in pair for pair in sides) == 4


def test_its_two_annotators_agree_on_ninety_five_of_a_hundred(data_dir):
    rows = [r for r in lines(data_dir / "llm-values-pct/annotations/agreement_classification_240124.csv")
            if r["model"] == MODEL]  # fmt: skip
    pairs = [(r["annot1_label"], r["annot2_label"]) for r in rows]
    found = cohen_kappa(*zip(*pairs, strict=True))
    assert (found.n, found.agreement) == (100, pytest.approx(0.95))
    assert found.value == pytest.approx(0.905, abs=0.002)
