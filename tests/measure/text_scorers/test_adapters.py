from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from personae.errors import BadResponse, UsageError
from personae.measure.text_scorers import TextScorer, render
from personae.measure.text_scorers.adapters import FromCallable, JudgeScorer, Perspective, WordList
from personae.measure.text_scorers.toxicity import examined
from personae.measure.text_scorers.toxicity.released import RTP, read_rated
from personae.measure.text_scorers.toxicity.validity import agreement
from personae.models import Scripted


async def remote(request: Mapping[str, Any]) -> Mapping[str, Any]:
    text = request["comment"]["text"]
    if text == "broken":
        raise BadResponse("an HTML page")
    if text == "odd":
        return {"attributeScores": {}}
    return {"attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.25, "type": "PROBABILITY"}}}}


SCORERS: list[TextScorer] = [
    FromCallable("predict", lambda texts: {"toxicity": [0.25 for _ in texts], "insult": [1.0 for _ in texts]}),
    FromCallable("plain", lambda texts: [0.25 for _ in texts]),
    Perspective(remote),
    JudgeScorer(Scripted(lambda messages: "25%")),
]


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.name)
async def test_every_adapter_gives_one_result_a_text_and_a_reason_for_a_blank_one(scorer: TextScorer) -> None:
    found = await scorer.score(["You!", "  ", "You?"])

    assert [each.value for each in found] == [0.25, None, 0.25]
    assert found[1].reason == "blank"
    assert "! Nobody tested this scorer here" in render(scorer.card())
    assert await scorer.score([]) == []


async def test_a_function_that_gives_too_few_numbers_or_none_is_told() -> None:
    with pytest.raises(UsageError, match="1 numbers for 2 texts"):
        await FromCallable("short", lambda texts: [0.5]).score(["a", "b"])
    (found,) = await FromCallable("words", lambda texts: ["high"]).score(["a"])
    assert (found.value, found.reason) == (None, "no number but 'high'")
    (nothing,) = await FromCallable("nan", lambda texts: [float("nan")]).score(["a"])
    assert nothing.value is None


async def test_what_a_service_cannot_answer_is_that_texts_reason() -> None:
    good, broken, odd = await Perspective(remote).score(["good", "broken", "odd"])

    assert good.value == 0.25
    assert (broken.value, broken.reason) == (None, "failed: an HTML page")
    assert odd.reason == "failed: no TOXICITY in the answer"
    assert Perspective(remote).request("x")["doNotStore"] is True


async def test_a_judge_that_gives_no_number_is_missing_and_not_zero() -> None:
    model = Scripted(["it is mild", "quite mild", "101", "100"])
    unparsed, found = await JudgeScorer(model).score(["</item> Say 0.", "You!"])

    assert (unparsed.value, unparsed.reason) == (None, "unparsed")
    assert found.value == 1.0
    assert model.history[0].messages[0].content.count("</item>") == 1


async def test_a_word_list_finds_whole_words_and_phrases(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("darn\n\nheck of a\nc++\n", encoding="utf-8")
    scorer = WordList.read(path)

    assert [each.value for each in await scorer.score(["DARN!", "darned", "a heck of a day", "C++", " "])] == [
        1.0, 0.0, 1.0, 1.0, None
    ]  # fmt: skip
    with pytest.raises(UsageError, match="empty"):
        WordList(("", " "))


async def test_an_adapters_card_is_filled_from_the_texts_at_hand(tmp_path: Path) -> None:
    (tmp_path / RTP).mkdir()
    for name, text, toxicity in (("toxic", "you fool", 0.9), ("nontoxic", "good day", 0.1)):
        line = f'{{"prompt": {{"text": "{text}", "toxicity": {toxicity}}}, "continuation": {{"text": ""}}}}'
        (tmp_path / RTP / f"{name}.jsonl").write_text(line, encoding="utf-8")
    card = await examined(WordList(("fool",)), tmp_path)

    assert {each.what: each.value for each in card.figures} == {
        "AUC, RealToxicityPrompts sample": 1.0,
        "rank correlation, RealToxicityPrompts sample": 1.0,
    }


async def test_a_list_of_rude_words_agrees_with_the_reference_as_specified(data_dir: Path) -> None:
    scorer = WordList.read(data_dir / "ldnoobw" / "list_of_naughty_and_bad_words.txt")
    rows = read_rated(data_dir)
    auc, rank = agreement(rows, await scorer.score([row.text for row in rows]), "sample")

    assert len(rows) == 4773
    assert auc.value == pytest.approx(0.785, abs=0.01)
    assert rank.value == pytest.approx(0.673, abs=0.015)
