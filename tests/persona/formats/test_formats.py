"""One door for all files: what is recognised, what is refused in one line, nothing ever crashes."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.persona.formats import ENDINGS, FORMATS, dump, dumps, format_for, load, load_lorebook, loads
from personae.persona.formats.detect import detect
from personae.persona.persona import Persona

ANA = Persona(name="Ana", statements=[{"id": "s1", "text": "I read."}])


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "a", "card_png"),
        (b"PK\x03\x04rest", "a", "charx"),
        (b'{"spec": "chara_card_v3", "data": {}}', "a", "card_v3"),
        (b'{"spec": "chara_card_v2", "data": {}}', "a", "card_v2"),
        (b'{"name": "A", "first_mes": ""}', "a", "card_v1"),
        (b'{"spec": "lorebook_v3", "data": {}}', "a", "lorebook"),
        (b'{"entries": {}}', "a", "lorebook"),
        (b'{"name": "A", "age": "3"}', "a", "profile_json"),
        (b'{"name": "A"}\n{"name": "B"}', "a", "profile_json"),
        (b'["i like tea.", "i knit."]', "a", "personachat"),
        (b'{"1": [["i like tea."]]}', "a", "personachat"),
        (b'{"personae": 1, "name": "A"}', "a", "yaml"),
        (b"personae: 1\nname: A", "a.txt", "yaml"),
        (b"\xef\xbb\xbfpersonae: 1\nname: A", "a", "yaml"),
        (b"1 your persona: i knit.", "a", "personachat"),
        (b"i knit.</s>i sew.", "a", "personachat"),
        (b"Ana is an archivist.", "a", "profile_text"),
        (b'[Personality: "kind"]', "a.txt", "profile_text"),
        (b"{{char}} is kind.", "a.txt", "profile_text"),
        ('{"name": "Zoë", "first_mes": ""}'.encode("utf-16"), "a", "card_v1"),
    ],
)
def test_a_format_is_told_by_its_content(data, name, format):
    assert detect(data, name) == format


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.yaml", "empty"),
        (b" \n", "a.json", "empty"),
        (b"\xff\xd8\xff\xe0", "a.jpg", "JPEG"),
        (b"GIF89a", "a.gif", "GIF"),
        (b"RIFF1234WEBP", "a.webp", "WEBP"),
        (b"%PDF-1.7", "a.pdf", "PDF"),
        (b"<!DOCTYPE html><p>hi", "a.html", "web page"),
        (b'{"name": ', "a.json", "JSON"),
        (b"\xfe\xed\xfa\xce\x00", "a.bin", "UTF-8"),
        (b'{"spec": "chara_book", "data": {}}', "a.json", "chara_book"),
        (b'{"spec": "lorebook_v3", "data": {"entries": []}}', "a.json", "load_lorebook"),
        (b"[" * 100_000, "a.json", "a.json"),
    ],
)
def test_what_is_no_persona_is_refused_in_one_line_that_names_the_file(data, name, reason):
    with pytest.raises(FormatError) as caught:
        loads(data, name=name)
    assert reason in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


STARTS = st.sampled_from(
    [b"", b"{", b"[", b'{"name": "A", ', b'{"spec": "chara_card_v3", "data": {', b"\x89PNG\r\n\x1a\n", b"PK\x03\x04",
     b"personae: 1\nname: A\n", b"your persona: ", b"\xef\xbb\xbf", b"\xff\xfe", b"name: ", b'[{"name": "A"}, ']
)  # fmt: skip


@given(STARTS, st.binary(max_size=120), st.sampled_from(["a", "a.yaml", "a.json", "a.txt", "a.png", "a.jsonl#2"]))
@example(b"", b"&a [*a]", "a.yaml")
def test_any_bytes_give_a_persona_or_a_format_error(start, rest, name):
    try:
        persona = loads(start + rest, name=name)
    except FormatError:
        return
    assert persona.name


YAMLISH = st.lists(
    st.sampled_from(
        [*"{}[]:,#&*!|>'\"-?%@`~", "\n", "  ", "a", "name", "1", "personae: 1\n", "name: x\n", ": ", "- ", "\t"]
    )
).map("".join)


@given(YAMLISH)
def test_any_yaml_like_text_gives_a_persona_or_a_format_error(text):
    try:
        loads(("personae: 1\nname: x\n" + text).encode(), "yaml", "a.yaml")
    except FormatError:
        return


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "persona", "profile", "age", "data", "x", "statements", "entries"]), inner
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_json_gives_a_persona_or_a_format_error(tree):
    try:
        loads(json.dumps(tree).encode(), name="a.json")
    except FormatError:
        return


def test_a_missing_file_a_folder_and_a_giant_are_one_line(tmp_path):
    with pytest.raises(FormatError, match=r"No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(FormatError, match="directory"):
        load(tmp_path)
    giant = tmp_path / "giant.json"
    giant.write_bytes(b" " * (10 * 1024 * 1024 + 1))
    with pytest.raises(UnsafeFile, match="10 MB"):
        load(giant)


def test_the_ending_chooses_the_format_that_is_written(tmp_path):
    for ending in ENDINGS:
        assert format_for(f"ana{ending}") in FORMATS
    for ending in (".yaml", ".txt"):
        dump(ANA, tmp_path / f"ana{ending}")
        assert load(tmp_path / f"ana{ending}").name == "Ana"


def test_an_unknown_ending_or_format_names_the_known_ones():
    with pytest.raises(UsageError, match=r"'\.doc'.*\.yaml"):
        dump(ANA, "ana.doc")
    with pytest.raises(UsageError, match=r"'pdf'.*profile_text"):
        dumps(ANA, "pdf")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text("old")
    with pytest.raises(UsageError):
        dump(ANA, path, format="pdf")
    assert path.read_text() == "old"


def test_a_persona_without_a_lorebook_has_none_to_load(tmp_path):
    dump(ANA, tmp_path / "ana.yaml")
    with pytest.raises(FormatError, match="without a lorebook"):
        load_lorebook(tmp_path / "ana.yaml")


def test_a_file_with_a_hash_in_its_name_is_a_file(tmp_path):
    dump(ANA, tmp_path / "ana#1.yaml", format="yaml")
    assert load(tmp_path / "ana#1.yaml").name == "Ana"
