"""What names a trait, and which tables are read; what is not a table is told where."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.separability import (
    Person,
    Stems,
    leak_report,
    poles,
    read_scores,
    read_texts,
    recovery,
    separability,
)
from personae.psychometrics.trait_prompts import markers

BIG_FIVE = Stems.of_big_five()


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("an EXTROVERTED soul", "extraversion"),
        ("her extraversion", "extraversion"),
        ("introverts' club", "extraversion"),
        ("so agreeably", "agreeableness"),
        ("antagonistic, even", "agreeableness"),
        ("unconscientious work", "conscientiousness"),
        ("conscientiousness", "conscientiousness"),
        ("neuroticism", "neuroticism"),
        ("emotional-stability", "neuroticism"),
        ("emotionally\nstable", "neuroticism"),
        ("open to new experiences", "openness"),
        ("closed to experience", "openness"),
        ("openness", "openness"),
    ],
)
def test_these_words_name_a_trait(text: str, trait: str) -> None:
    assert [leak.trait for leak in BIG_FIVE.found(text)] == [trait]
    assert list(BIG_FIVE.found(BIG_FIVE.masked(text))) == []


@pytest.mark.parametrize("text", ["disagreeable", "an open door", "emotional", "stable", "close to experience", ""])
def test_these_words_name_none(text: str) -> None:
    assert list(BIG_FIVE.found(text)) == []


@given(st.text())
def test_masking_leaves_no_leak_and_touches_nothing_else(text: str) -> None:
    leaks = list(BIG_FIVE.found(text))
    assert list(BIG_FIVE.found(BIG_FIVE.masked(text))) == []
    assert len(BIG_FIVE.masked(text, "")) == len(text) - sum(len(leak.text) for leak in leaks)


def test_a_long_hostile_text_is_searched_in_no_time() -> None:
    started = time.process_time()
    list(BIG_FIVE.found("emotionally" + " " * 200_000 + "emotional-" * 20_000 + "extraver" * 20_000))
    assert time.process_time() - started < 2


def test_stems_of_another_instrument_come_from_its_markers() -> None:
    stems = Stems.of_markers({trait: [word for pair in pairs for word in pair] for trait, pairs in markers().items()})
    found = leak_report(["Self disciplined and talkative.", "selfless silence", "level headed"], stems)
    assert found.leaking == 2
    assert found.by_trait["conscientiousness"] == 1
    with pytest.raises(UsageError, match="no marker words"):
        Stems.of_markers({"warmth": []})
    with pytest.raises(UsageError, match="has no letter"):
        Stems.of_markers({"warmth": ["?"]})
    with pytest.raises(UsageError, match="no trait to look for"):
        Stems({})


def test_poles_are_read_in_both_notations() -> None:
    assert (
        poles("E+A-C+N-O-")
        == poles("extr_anta_cons_emot_clos")
        == poles("Extraverted, antagonistic, conscientious, emot, closed")
    )
    for wrong in ("", "E", "E+E-", "extr_intr", "tall", "E+X-"):
        with pytest.raises(FormatError):
            poles(wrong)


def test_a_wide_table_is_read_by_name_or_letter(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("poles,run,E,openness,note\nE+O-,1,4.5,2,x\nE-O+,1,,4.5,y\n", "utf-8")
    first, second = read_scores(file)
    assert first == Person("E+O-", "1", {"extraversion": True, "openness": False}, {"extraversion": 4.5, "openness": 2})
    assert second.scores == {"openness": 4.5}


def test_any_trait_may_be_assigned_in_a_column_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = "".join(f"{pole},{score}\n" for pole, score in [("high", 5), ("high", 4), ("low", 1), ("low", 2)])
    file.write_text("assigned_greed,greed\n" + rows, "utf-8")
    found = separability(read_scores(file))
    assert found.own["greed"].d == pytest.approx(3 / 0.5)
    assert found.groups == 4  # nothing says that anybody is a repeat of anybody


def test_missing_scores_are_counted_and_left_out(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    rows = [("E+", run, score) for run, score in enumerate((5, 4, 5, "nan"))] + [
        ("E-", run, 1 + run / 9) for run in range(4)
    ]
    file.write_text(
        "trait,run,poles,score\n" + "".join(f"Extraversion,{run},{who},{score}\n" for who, run, score in rows), "utf-8"
    )
    found = separability(read_scores(file))
    assert found.missing == {"extraversion": 1}
    assert (found.own["extraversion"].n_high, found.own["extraversion"].n_low) == (3, 4)
    assert found.measurements[0].missing == {"no_score": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no rows"),
        ("trait,run\nExtraversion,1\n", "none of mean_score"),
        ("trait,run,score,poles\nExtraversion,1,high,E+\n", "row 2: the score 'high'"),
        ("trait,run,score,poles\nExtraversion,1,inf,E+\n", "not finite"),
        ("trait,run,score,poles\nExtraversion,1,1,E+\nextraversion,1,2,E+\n", "a second extraversion"),
        ("trait,run,score,poles\nExtraversion,1,1,tall\n", "row 2: 'tall'"),
        ("a,b\n1,2\n", "its columns are a, b"),
        ("poles,A\nE+,2\n", "no column holds the scores of 'extraversion'"),
        ("poles,E\nE+,2,3\n", "more cells than the header"),
        ("assigned_x,x\nperhaps,2\n", "neither high nor low"),
    ],
)
def test_what_is_no_table_of_scores_is_told_where(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "scores.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(FormatError, match=told):
        read_scores(file)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1 is no JSON"),
        ("[1]", "is no object"),
        ('{"poles": "E+"}', "none of the texts"),
        ('{"poles": "?", "text": "x"}', "is no pole"),
        ('{"text": "x"}', "is no pole"),
        ('{"assigned": {"x": "so-so"}, "text": "x"}', "neither high nor low"),
        ("", "has no texts"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_file_of_texts_is_told_where(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(line + "\n", "utf-8")
    with pytest.raises(FormatError, match=told):
        read_texts(file)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_texts(file)


def _writers(says, runs: int = 4, groups: int = 10) -> list[Person]:
    return [
        Person(f"{group}", f"{run}", {"extraversion": group % 2 == 0}, text=says(group % 2 == 0, group, run))
        for run in range(runs)
        for group in range(groups)
    ]


def test_a_planted_word_is_recovered_and_its_mask_hides_it() -> None:
    people = _writers(
        lambda high, group, run: f"{'An extrovert' if high else 'An introvert'} came home, day {group} {run}."
    )
    found = recovery(people)
    assert found.plain["extraversion"].value == 1.0
    assert found.masked["extraversion"].value < 0.7
    assert found.leaks.leaking == len(people)


def test_no_text_metric_warns_where_nothing_leaks() -> None:
    people = _writers(lambda high, group, run: f"{'Such a party' if high else 'A quiet book'} it was, {group} {run}.")
    found = separability([], people)
    assert found.recovery is not None
    assert all(one.details["warning"] == "" for one in found.measurements if ".recovery" in one.name)
    assert json.loads(json.dumps(found.to_dict()))["warning"] is None


def test_texts_of_one_repetition_and_of_one_pole_have_a_reason() -> None:
    assert "to hold one out" in separability([], _writers(lambda *_: "Hello you.", runs=1)).no_recovery
    alike = [Person("a", str(run), {"openness": True}, text="Hello you.") for run in range(4)]
    assert recovery(alike).plain["openness"].reason == "only one pole is there to learn from"
    with pytest.raises(UsageError, match="neither scores nor texts"):
        separability([Person("a", "1", {"openness": True})])
