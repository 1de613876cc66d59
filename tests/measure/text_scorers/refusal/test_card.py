from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.measure.text_scorers import Card, render
from personae.measure.text_scorers.refusal import card, label
from personae.stats.intervals import wilson

LABELS = {"1": "complies", "2": "refuses", "3": "partial"}


@pytest.mark.parametrize(("model", "place"), [("gpt4", 0), ("llama2orig", 1), ("mistralinstruct", 2)])
def test_the_card_tells_what_the_rules_do(model: str, place: int, labelled: dict[str, list[dict[str, str]]]) -> None:
    rows = [(row["final_label"][0], label(row["completion"]).kind) for row in labelled[model]]
    at_all = wilson(sum((human != "1") == (rules != "complies") for human, rules in rows), len(rows))
    three = wilson(sum(LABELS[human] == rules for human, rules in rows), len(rows))

    for figure, found in ((card().figures[place], at_all), (card().figures[place + 3], three)):
        assert (figure.value, figure.low, figure.high) == pytest.approx(
            (found.value, found.low, found.high), abs=5.1e-4
        )
        assert figure.n == found.n


def test_a_card_survives_as_data_and_prints_every_caveat() -> None:
    assert Card.from_dict(card().to_dict()) == card()
    for caveat in card().caveats:
        assert f"! {caveat}" in render(card())


def test_of_replies_in_other_styles_as_many_are_right_as_the_card_says() -> None:
    lines = (Path(__file__).parent / "other_styles.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    right = [label(row["text"], persona=row.get("persona")).declines == (row["kind"] != "complies") for row in rows]
    (told,) = [caveat for caveat in card().caveats if "other styles" in caveat.lower()]
    assert (len(right), sum(right)) == (40, 25)
    assert "forty replies" in told
    assert "25 right" in told
