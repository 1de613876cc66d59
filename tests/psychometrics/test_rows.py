"""The table of answers: what is written is read, a kill costs at most the row it cut."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.psychometrics import Row, read_rows, write_rows
from personae.psychometrics.rows import FACTORS, line

ROW = Row("Ana", "scripted", "mini", "e1", "plain", "agree", "forward", 0, 0, "isolated", "logprobs", "answered", 4.0)
REFUSED = replace(ROW, item="e2", status="refused", answer=None, text='I am a model. "No."\n{"persona": 1}')


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    full = replace(ROW, expected=3.9, place=1, option_probs=(0.0, 0.1, 0.9), mass=0.8, low=3.5, high=4.0, tokens=12)
    write_rows(tmp_path / "new" / "rows.jsonl", [ROW, REFUSED])
    write_rows(tmp_path / "new" / "rows.jsonl", [full])
    assert list(read_rows(tmp_path / "new" / "rows.jsonl")) == [ROW, REFUSED, full]


@given(st.lists(st.tuples(st.text(), st.text(max_size=20)), max_size=5))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    rows = [replace(ROW, text=text, persona=who) for text, who in said]
    write_rows(path, rows)
    assert list(read_rows(path)) == rows


@pytest.mark.parametrize("status", ["refused", "unparsed", "empty", "truncated", "failed"])
def test_an_answer_belongs_to_answered_rows_and_to_no_other(status: str) -> None:
    with pytest.raises(ValueError, match="ended"):
        replace(ROW, status=status)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ended 'answered' with the answer None"):
        replace(ROW, answer=None)


def test_a_cell_is_every_factor_and_nothing_that_came_of_it() -> None:
    for name in (field.name for field in fields(Row)):
        value = {"seed": 1, "repeat": 1, "mode": "batch", "route": "parsed"}.get(name, "other")
        if name in FACTORS:
            assert replace(ROW, **{name: value}).cell != ROW.cell
    assert replace(ROW, answer=1.0, expected=1.0, text="one", tokens=9).cell == ROW.cell


def test_a_row_cut_off_by_a_kill_is_left_out_and_nothing_is_glued_to_it(tmp_path: Path) -> None:
    row = replace(ROW, persona="Zoë", text="naïve 你好 {}", status="unparsed", answer=None)
    written = f"{line(row)}\n".encode()
    for cut in range(1, len(written)):
        path = tmp_path / "rows.jsonl"
        path.write_bytes(written + written[:cut])
        whole = 2 if cut == len(written) - 1 else 1  # only its line end is missing
        assert list(read_rows(path)) == [row] * whole
        write_rows(path, [REFUSED])
        assert list(read_rows(path)) == [row] * whole + [REFUSED]
        path.unlink()


@pytest.mark.parametrize(
    "bad",
    [
        '{"persona": 1}',
        "not json",
        "[]",
        json.dumps(asdict(ROW) | {"answer": None}),
        json.dumps(asdict(ROW) | {"score": 1}),
        "[" * 50_000,
    ],
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, bad: str) -> None:
    (tmp_path / "rows.jsonl").write_text(f"{line(ROW)}\n{bad}\n{line(ROW)}\n", "utf-8")
    with pytest.raises(FormatError, match="line 2 is no row of answers"):
        list(read_rows(tmp_path / "rows.jsonl"))


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"rows\.jsonl.* cannot be read"):
        list(read_rows(tmp_path / "rows.jsonl"))
    (tmp_path / "rows.jsonl").write_bytes(b"\xff\xff\n")
    with pytest.raises(FormatError, match="line 1 is no row"):
        list(read_rows(tmp_path / "rows.jsonl"))


def test_half_a_character_from_a_model_does_not_stop_a_run(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [replace(ROW, text="\ud83d"), ROW])
    assert len(list(read_rows(tmp_path / "rows.jsonl"))) == 2


def test_thirty_thousand_rows_are_written_and_read_in_a_second_or_two(tmp_path: Path) -> None:
    import time

    start = time.process_time()
    write_rows(tmp_path / "rows.jsonl", (replace(ROW, seed=n) for n in range(30_000)))
    assert sum(1 for _ in read_rows(tmp_path / "rows.jsonl")) == 30_000
    assert time.process_time() - start < 6
