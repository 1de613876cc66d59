"""A line of a pair file may be anything, and is a row or a reason."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.models.pairs import lines
from personae.models.pairs.lines import MAX_LINE_BYTES, MAX_TEXT, parsed, read_lines, written


def rows(data: bytes, **options):
    return [parsed(line, **options) for line in read_lines(io.BytesIO(data))]


def reason(data: bytes, **options) -> str | None:
    (row,) = rows(data, **options)
    return row.reason


def test_a_pair_keeps_its_fields_and_blank_lines_are_passed_over():
    first, second = rows(b'\n  \r\n{"p": "a", "h": "b", "id": [7]}\r\n\n{"p": "c", "h": "d"}')
    assert (first.line.number, first.fields, first.reason) == (3, {"p": "a", "h": "b", "id": [7]}, None)
    assert (second.line.number, second.fields["p"]) == (5, "c")


def test_bytes_are_counted_to_the_end_of_each_line():
    data = b'{"p": "a"}\n\n{"p": "\xc3\xa4"}\n'
    assert [line.end for line in read_lines(io.BytesIO(data))] == [11, len(data)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"hello", "not JSON: Expecting value at column 1"),
        (b'{"p": "a", "h": "b"', "not JSON: "),
        (b'{"p": NaN, "h": "b"}', "not JSON: NaN is no JSON value"),
        (b'{"p": "a", "h": "b", "n": ' + b"9" * 5000 + b"}", "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
        (b'{"p": "\xff", "h": "b"}', "not UTF-8: byte 7"),
        (b'["a", "b"]', "not an object: a JSON list"),
        (b'{"p": "a"}', "missing: no field 'h'"),
        (b'{"premise": "a", "h": "b"}', "missing: no field 'p'"),
        (b'{"p": null, "h": "b"}', "not a text: 'p' holds a JSON NoneType"),
        (b'{"p": "a", "h": " \\n"}', "empty: 'h'"),
        (b'{"p": "a\\ud83d", "h": "b"}', "not Unicode: 'p'"),
        (json.dumps({"p": "a", "h": "b" * (MAX_TEXT + 1)}).encode(), "too long: 'h' has 20,001"),
    ],
)
def test_what_cannot_be_scored_says_why(line, expected):
    assert reason(line).startswith(expected)


def test_a_text_the_scorer_cannot_read_says_why():
    assert reason(b'{"p": "a", "h": "b"}', unread={"b": "not English"}.get) == "unsupported: 'h': not English"


def test_a_line_without_end_costs_no_memory_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 100)
    data = b'{"p": "' + b"x" * 1000 + b'", "h": "b"}\n{"p": "a", "h": "b"}\n' + b"y" * 500
    long, fine, last = rows(data)
    assert (long.reason.partition(":")[0], long.line.number, long.fields) == ("too long", 1, {})
    assert (fine.reason, fine.line.number) == (None, 2)
    assert (last.reason.partition(":")[0], last.line.end) == ("too long", len(data))
    assert MAX_LINE_BYTES > 2 * 6 * MAX_TEXT, "a line has room for two texts of full length, every letter escaped"


def test_a_byte_order_mark_opens_a_file_and_belongs_to_no_pair():
    assert reason(b'\xef\xbb\xbf{"p": "a", "h": "b"}') is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(st.dictionaries(st.sampled_from(["p", "h", "id", "x"]), json_values))
def test_what_is_written_reads_back_the_same(fields):
    data = written(fields)
    assert data.count(b"\n") == 1
    assert json.loads(data) == fields


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_reasons(data):
    for row in rows(data):
        assert row.reason is not None or {"p", "h"} <= row.fields.keys()
