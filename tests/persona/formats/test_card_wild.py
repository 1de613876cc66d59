"""Cards as they are found: missing fields, wrong types, odd encodings, other programs' shapes, and hostile bytes."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile
from personae.persona.formats.card import read_card, write_card
from personae.persona.formats.card_png import read as read_card_png
from personae.persona.formats.charx import read as read_charx
from personae.persona.formats.png import make_chunk, read_png, with_texts, write_png
from personae.persona.portrait import portrait_png

CARDS = Path(__file__).parent / "cards"


def v2(**data: Any) -> dict[str, Any]:
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Ana", "first_mes": "Hi"} | data}


def raw(tree: Any, **options: Any) -> bytes:
    return json.dumps(tree, **options).encode()


def picture(*texts: tuple[str, bytes]) -> bytes:
    return write_png(with_texts(read_png(portrait_png("x", 64), "x"), texts, []))


WILD: list[Any] = [
    v2(extensions=None, tags=None, alternate_greetings=None, character_book=None),
    v2(tags="a, b", extensions={"talkativeness": "0.5", "depth_prompt": None}),
    v2(extensions=[], character_book={"entries": None}),
    v2(character_book={"entries": [{"keys": "a, b", "content": None, "id": "7", "enabled": "true"}, None, 3]}),
    v2(character_book={"entries": {"0": {"key": ["x"], "order": "5", "disable": False, "content": "c"}}}),
    v2(description=7, personality=["a", "b"], scenario={"x": 1}, mes_example=False, nickname=[]),
    v2(extensions={"depth_prompt": {"prompt": "x", "depth": "3", "role": "assistant"}}),
    v2(extensions={"personae": "somebody else's", "depth_prompt": {"prompt": 4}}),
    v2(extensions={"personae": {"kept": 4, "other": 1}}),
    v2(assets=[{"type": None}, 3, {"uri": "ccdefault:"}], creation_date="1700000000", source="one"),
    v2(name="", description="x"),
    v2(name=None),
    v2(description="lone \ud800 and \x00 zero"),
    v2(big=12345678901234567890123, exact=1.0, small=1e-300, nul=None),
    {"spec": "chara_card_v2", "spec_version": "2.1", "name": "Ana", "description": "flat"},
    {"spec": "chara_card_v3", "spec_version": "3.7", "data": {"name": "Ana"}},
    {"spec": "chara_card_v9", "spec_version": None, "data": {"name": "Ana"}},
    {"name": "Ana", "description": "x", "chat": "c", "talkativeness": "0.5", "fav": False, "avatar": "none"},
    {"name": "Ana", "data": {"description": "only here"}, "spec": "chara_card_v2"},
    {"name": "Ana", "data": {}, "description": "top"},
    {"data": {"name": "Ana", "first_mes": "no spec"}},
    {"char_name": "Ana", "name": "Ana", "mes_example": "Ana: a\nYou: b"},
]


@pytest.mark.parametrize("tree", WILD)
def test_a_wild_card_is_read_and_written_back_key_for_key(tree: Any) -> None:
    persona = read_card(raw(tree), "wild.json")
    assert persona.name in ("Ana", "wild")
    assert persona.content_hash
    for version in (1, 2, 3):
        written = write_card(persona, version)
        assert read_card(written, "wild.json").original.tree
    own = int(persona.original.format[-1])
    assert json.loads(write_card(persona, own)) == tree
    edited = json.loads(write_card(persona.edited(scenario="New."), own))
    assert without_scenario(edited) == without_scenario(tree)


def without_scenario(tree: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in tree.items() if key != "scenario"}
    if isinstance(tree.get("data"), dict):
        kept["data"] = without_scenario(tree["data"])
    return kept


def test_garbage_under_our_own_key_is_noted_and_harmless() -> None:
    tree = v2(extensions={"personae": {"rest": {"name": [], "life": 3, "what": 1}}})
    persona = read_card(raw(tree), "x.json")
    assert persona.name == "Ana"
    assert persona.original.notes
    assert json.loads(write_card(persona, 2)) == tree


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_odd_encodings_are_read_with_a_note(encoding: str) -> None:
    text = json.dumps(v2(description="José says “olá”."), ensure_ascii=False)
    persona = read_card(text.encode(encoding), "x.json")
    assert persona.description == "José says “olá”."
    assert persona.original.notes


def test_json_inside_json_is_opened_with_a_note() -> None:
    assert read_card(raw(json.dumps(v2())), "x.json").name == "Ana"
    inner = v2() | {"data": json.dumps(v2()["data"])}
    assert read_card(raw(inner), "x.json").original.notes


BAD: list[tuple[bytes, str]] = [
    (b'{"name": "\xff\xfe", "first_mes": ""}', "UTF-8"),
    (b'{"name": "a\xc3\x28", "first_mes": ""}', "UTF-8"),
    (b'{"name": "Ana", "name": "Bea", "first_mes": ""}', "twice"),
    (b'{"name": "Ana", "first_mes": NaN}', "NaN"),
    (b'{"name": "Ana", "first_mes": 1e999}', "too large"),
    (b'{"name": "Ana", "first_mes": "a"} {"name": "Bea"}', "one card"),
    (b'[{"name": "Ana"}, {"name": "Bea"}]', "one card"),
    (b'{"dependencies": {"left-pad": "1"}}', "no character card"),
    (b"[" * 5000, "nested"),
    (b'{"name": ' + b"9" * 5000 + b"}", "JSON"),
    (b'"just text"', "not a character card"),
    (b"null", "not a character card"),
    (b"{", "not valid JSON"),
    (b" " * (10 * 1024 * 1024 + 1), "10 MB"),
]


@pytest.mark.parametrize(("data", "reason"), BAD)
def test_a_bad_json_card_gives_one_line_with_file_and_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=r"'bad\.json'") as caught:
        read_card(data, "bad.json")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_pictures_are_refused() -> None:
    card = base64.b64encode(raw(v2()))
    other = base64.b64encode(raw(v2(name="Bea")))
    good = picture(("chara", card))
    assert read_card_png(good, "x.png").name == "Ana"
    assert read_card_png(picture(("chara", raw(v2()))), "x.png").original.notes
    assert read_card_png(picture(("chara", card), ("chara", card)), "x.png").original.notes
    with pytest.raises(FormatError, match="different cards"):
        read_card_png(picture(("chara", card), ("Chara", other)), "x.png")
    for cut in range(0, len(good), 7):
        with pytest.raises(FormatError):
            read_card_png(good[:cut], "x.png")
    bomb = read_png(portrait_png("x", 64), "x")
    packed = make_chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"A" * 9 * 1024 * 1024))
    with pytest.raises(UnsafeFile, match="8 MB"):
        read_card_png(write_png(type(bomb)((*bomb.chunks[:-1], packed, bomb.chunks[-1]))), "x.png")


def test_itxt_and_wrong_check_sums_are_read() -> None:
    png = read_png(portrait_png("x", 64), "x")
    body = base64.b64encode(raw(v2()))
    for chunk in (
        make_chunk(b"iTXt", b"CHARA\0\1\0\0\0" + zlib.compress(body)),
        make_chunk(b"iTXt", b"chara\0\0\0en\0x\0" + body),
    ):
        data = write_png(type(png)((*png.chunks[:-1], chunk, png.chunks[-1])))
        assert read_card_png(data, "x.png").name == "Ana"
    wrong = bytearray(picture(("chara", body)))
    wrong[29] ^= 1
    assert "check sums" in read_card_png(bytes(wrong), "x.png").original.notes[0]


def archive(*members: tuple[str, bytes], link: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if link and name != "card.json":
                info.external_attr = 0o120777 << 16
            file.writestr(info, data)
    return buffer.getvalue()


CARD = ("card.json", raw(v2()))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive(CARD, ("../evil", b"x")), "outside"),
        (archive(CARD, ("/etc/x", b"x")), "outside"),
        (archive(CARD, ("C:\\x", b"x")), "outside"),
        (archive(CARD, ("link", b"/etc/passwd"), link=True), "symbolic link"),
        (archive(CARD, ("bomb", b"\0" * 20_000_000)), "bomb"),
        (archive(("x.json", b"{}")), "no card.json"),
        (archive(("card.json", b"{}")), "no character card"),
        (archive(*((f"f{n}", b"") for n in range(2001))), "2000"),
        (b"PK\x05\x06" + b"\0" * 18, "no card.json"),
        (b"PK\x03\x04 nothing", "damaged"),
    ],
)
def test_a_bad_charx_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=r"bad\.charx") as caught:
        read_charx(data, "bad.charx")
    assert reason in str(caught.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_cards_in_one_archive_are_refused() -> None:
    with pytest.raises(FormatError, match="2 members"):
        read_charx(archive(CARD, CARD), "x.charx")


def test_a_picture_in_front_of_the_zip_is_kept() -> None:
    from personae.persona.formats.charx import write

    data = b"\xff\xd8\xff jpeg bytes" + archive(CARD, ("a", b"1"))
    persona = read_charx(data, "x.charx")
    again = write(persona.edited(name="Bea"))
    assert again.startswith(b"\xff\xd8\xff jpeg bytes")
    assert read_charx(again, "x.charx").name == "Bea"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
KNOWN = st.sampled_from(
    ["description", "personality", "mes_example", "tags", "extensions", "character_book", "assets", "nickname",
     "source",
     "alternate_greetings", "group_only_greetings", "creation_date", "creator_notes_multilingual", "spec"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(KNOWN | st.text(), JSON, max_size=8), st.dictionaries(st.text(), JSON, max_size=3))
def test_any_card_with_any_extra_keys_survives(data: dict[str, Any], top: dict[str, Any]) -> None:
    tree = top | {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"first_mes": "Hi"} | data | {"name": "Ana"}}
    persona = read_card(raw(tree), "x.json")
    assert json.dumps(json.loads(write_card(persona, 3))) == json.dumps(tree)
    for version in (1, 2):
        again = read_card(write_card(persona, version), "x.json")
        back = json.loads(write_card(again, 3))["data"]
        assert {key for key, value in tree["data"].items() if value not in (None, "", [], {})} <= back.keys()
    edited = persona.edited(scenario="New.")
    after = json.loads(write_card(edited, 3))
    assert {k: v for k, v in after["data"].items() if k != "scenario"} == {
        k: v for k, v in tree["data"].items() if k != "scenario"
    }


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["v3_both.png", "v3.charx", "v2_ztxt.png", "v2.json"]),
    st.lists(st.tuples(st.integers(0, 7000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 7000),
)
def test_damaged_bytes_give_a_persona_or_a_format_error(name: str, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray((CARDS / name).read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    for damaged in (bytes(data), bytes(data[: cut % len(data)])):
        reader = {"g": read_card_png, "x": read_charx, "n": read_card}[name[-1]]
        try:
            persona = reader(damaged, name)
        except FormatError:
            continue
        assert persona.content_hash
