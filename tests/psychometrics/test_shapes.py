"""Instruments as files: what is wrong is named, hostile files are one line."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UnsafeFile
from personae.psychometrics.shapes import read_instrument

FILE = """
id: mood
version: 2
licence: {name: CC0, may_ship: true}
coding: raw
names: {M: mood}
response: {low: 0, labels: [no, unsure, "yes"]}
items:
  - {id: 1, domain: M, facet: song, key: 1, text: I hum., also: [I sing to myself.]}
  - {id: 2, domain: M, key: -1, text: I sigh.}
  - {id: 3, key: 0, text: Taxes., effects: {econ: -10}}
"""


def written(folder: Path, text: str, name: str = "mood.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_file_becomes_the_instrument_it_tells_of(tmp_path: Path) -> None:
    mood = read_instrument(written(tmp_path, FILE))
    assert (mood.id, mood.version, mood.lang, mood.licence.may_ship) == ("mood", "2", "en", True)
    assert mood.response.points == (0, 1, 2)
    assert mood.item("1").also == ("I sing to myself.",)
    assert mood.keyed("2", 0) == 2
    assert mood.item("3").effects == {"econ": -10}
    assert mood.name_of("M") == "mood"


def test_yaml_and_json_of_the_same_instrument_have_the_same_checksum(tmp_path: Path) -> None:
    tree = {
        "id": "mood",
        "licence": {"name": "CC0"},
        "coding": "raw",
        "response": {"labels": ["no", "yes"]},
        "items": [{"id": "a", "domain": "M", "key": -1, "text": "I sigh."}],
    }
    as_json = read_instrument(written(tmp_path, json.dumps(tree), "mood.json"))
    items = "items: [{id: a, domain: M, key: -1, text: I sigh.}]"
    text = f"id: mood\nlicence: {{name: CC0}}\ncoding: raw\nresponse: {{labels: ['no', 'yes']}}\n{items}"
    as_yaml = read_instrument(written(tmp_path, text))
    assert as_json.sha256 == as_yaml.sha256
    assert not as_json.licence.may_ship  # without a word texts may not ship


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("coding: raw", "", "coding: Field required"),
        ("coding: raw", "coding: reversed", "coding: "),
        ("licence: {name: CC0, may_ship: true}", "", "licence: Field required"),
        ("key: -1", "key: 2", r"items\.1\.key: "),
        ("key: -1", "key: minus", r"items\.1\.key: "),
        ("id: 2,", "", r"items\.1\.id: Field required"),
        ("text: I sigh.", "txt: I sigh.", r"items\.1\.txt: Extra inputs"),
        ("econ: -10", "econ: much", r"items\.2\.effects\.econ: "),
        ("id: 2,", "id: 1,", "the item '1' more than once"),
        ('labels: [no, unsure, "yes"]', "labels: [so]", "labels: "),
        ('labels: [no, unsure, "yes"]', "labels: [so, So]", "two or more different labels"),
        ("items:", "items: [", "cannot be read as YAML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_instrument(written(tmp_path, FILE.replace(old, new)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "items: &a [*a]",
        "a: &a [1]\nb: [" + "*a, " * 500 + "]",
        "{" * 1_000,
        "!!python/object:os.system {}",
    ],
)
def test_a_hostile_file_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_instrument(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFile):
        read_instrument(written(tmp_path, FILE + "#" * 5_000_000))
    with pytest.raises(FormatError, match="cannot read"):
        read_instrument(tmp_path / "absent.yaml")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_instrument_or_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    with contextlib.suppress(PersonaeError):
        read_instrument(path)
