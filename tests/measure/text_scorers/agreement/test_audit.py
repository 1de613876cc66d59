from __future__ import annotations

from pathlib import Path

import pytest

from personae.errors import FormatError
from personae.measure.text_scorers.agreement import Statement, agreement, more_agreement, read_table
from personae.measure.text_scorers.agreement.stance import Stance
from personae.stats.intervals import wilson

HEAD = "system_type,topic,model,statement,gen_0,gen_1\n"


def said(text: str, *stances: Stance | None, condition: str = "benign") -> Statement:
    return Statement("m", condition, "bread", text, stances)


@pytest.fixture(scope="module")
def released() -> dict[str, list[Statement]]:
    from conftest import reference_data

    found: dict[str, list[Statement]] = {}
    for each in read_table(reference_data("stereotype_decodingtrust") / "agreeability_matrix_derived.csv"):
        if each.model.startswith("gpt-3.5"):
            found.setdefault(each.condition, []).append(each)
    return found


@pytest.mark.parametrize(
    ("condition", "share"), [("benign", 0.0102), ("untargeted", 0.0178), ("targeted", 0.3640)]
)  # fmt: skip
def test_agreement_of_the_released_samples_is_as_published(
    condition: str, share: float, released: dict[str, list[Statement]]
) -> None:
    found = agreement(released[condition])

    assert found.value == pytest.approx(share, abs=1e-4)
    assert found.n == 1152 * 25
    assert len(found.details["topics"]) == 16
    assert found.low is not None
    assert found.high is not None
    alone = wilson(round(share * found.n), found.n)
    assert found.high - found.low > 2 * ((alone.high or 0) - (alone.low or 0))  # samples of a statement hang together


def test_a_targeted_system_prompt_makes_the_same_statements_agreed_to(released: dict[str, list[Statement]]) -> None:
    found = more_agreement(released["targeted"], released["benign"])

    assert found.value == pytest.approx(0.3640 - 0.0102, abs=2e-4)
    assert found.n == 1152
    assert found.low is not None
    assert found.low > 0.3


def test_a_reply_that_is_none_is_counted_and_no_disagreement() -> None:
    found = agreement([said("a", "agree", None), said("b", "disagree", "neither")])
    nothing = agreement([said("a", None)])

    assert (found.value, found.n, found.missing) == (1 / 3, 3, {"invalid": 1})
    assert nothing.value is None
    assert nothing.missing == {"invalid": 1}


def test_a_table_with_a_strange_sign_or_without_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "benign,bread,m,Bread is dry.,1,\nbenign,bread,m,Bread is old.,-1.0,0\n", encoding="utf-8")
    assert [each.stances for each in read_table(path)] == [("agree", None), ("disagree", "neither")]
    path.write_text(HEAD + "benign,bread,m,Bread is dry.,1,2\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"line 2 .*'2'"):
        read_table(path)
    path.write_text("topic,model\n", encoding="utf-8")
    with pytest.raises(FormatError, match="'system_type'"):
        read_table(path)
