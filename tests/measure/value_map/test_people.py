"""Files of people: as they come, and as they should not."""

from __future__ import annotations

import pytest

from personae.errors import FormatError
from personae.measure.value_map import read_people


def test_lines_and_records_are_people_and_equal_ones_are_one(tmp_path):
    plain = tmp_path / "people.txt"
    plain.write_text("A baker.\n\nA  pilot.\nA baker.\n")
    assert [each.summary for each in read_people(plain)] == ["A baker.", "A pilot."]
    records = tmp_path / "people.jsonl"
    records.write_text('{"persona": "A baker."}\n{"input persona": "A pilot.", "description": "no"}\n')
    assert [(each.name, each.summary) for each in read_people(records)] == [
        ("person-00001", "A baker."),
        ("person-00002", "A pilot."),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "describes nobody"),
        ("[]\n", "line 1 has no text"),
        ('{"persona": 3}', "line 1"),
        ("{", "line 1 is no JSON"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path, text, why):
    path = tmp_path / "people.jsonl"
    path.write_text(text)
    with pytest.raises(FormatError, match=why):
        read_people(path)


def test_bytes_and_books_are_refused(tmp_path):
    path = tmp_path / "people.txt"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_people(path)
    path.write_text("x" * 20_000)
    with pytest.raises(FormatError, match="20000 characters"):
        read_people(path)
