"""Every fixture card: what goes in comes out again, and bad files say what is wrong in one line."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from personae.errors import FormatError
from personae.persona.formats import dumps, load, loads
from personae.persona.formats.card import to_tree
from personae.persona.formats.png import keyword, read_png
from personae.persona.persona import Persona

CARDS = Path(__file__).parent / "cards"
GOOD = ("v1.json", "v1.png", "v2.json", "v2.png", "v2_ztxt.png", "v3.json", "v3.charx", "v3_both.png")


def ordered(tree: object) -> str:
    return json.dumps(tree)


@pytest.mark.parametrize("name", GOOD)
def test_an_unchanged_card_comes_back_byte_for_byte(name: str) -> None:
    data = (CARDS / name).read_bytes()
    persona = loads(data, name=name)
    again = dumps(persona, persona.original.format)
    assert again == data or name.endswith(".charx")
    assert ordered(loads(again, name=name).original.tree) == ordered(persona.original.tree)


@pytest.mark.parametrize("format", ["card_v1", "card_v2", "card_v3", "card_png", "charx"])
@pytest.mark.parametrize("name", GOOD)
def test_a_persona_survives_every_other_card_format(name: str, format: str) -> None:
    persona = load(CARDS / name)
    assert loads(dumps(persona, format), name="x").content_hash == persona.content_hash


@pytest.mark.parametrize("name", GOOD)
def test_an_edit_rewrites_only_its_own_field(name: str) -> None:
    persona = load(CARDS / name)
    edited = persona.edited(scenario="On the roof.")
    again = loads(dumps(edited, persona.original.format), name=name)
    before, after = json.loads(ordered(persona.original.tree)), json.loads(ordered(again.original.tree))
    for tree in (before, after):
        (tree.get("data") or tree)["scenario"] = ""
        if "scenario" in tree:
            tree["scenario"] = ""
    assert ordered(before) == ordered(after)
    assert again.scenario == "On the roof."


def test_ccv3_wins_over_chara_and_the_old_key_is_found_in_any_case() -> None:
    assert load(CARDS / "v3_both.png").name == "Ana"
    assert load(CARDS / "v1.png").name == "Ana"
    keys = {keyword(chunk) for chunk in read_png((CARDS / "v1.png").read_bytes(), "v1.png").chunks}
    assert "Chara" in keys
    assert load(CARDS / "v2_ztxt.png").name == "Ana"


def test_every_field_of_the_v3_card_has_its_place() -> None:
    ana = load(CARDS / "v3.json")
    assert ana.identity.nickname == "Aninhas"
    assert ana.greetings == ("*looks up* Boa tarde, {{user}}.", "Bom dia.", "…sim?")
    assert ana.group_greetings == ("Quiet, all of you.",)
    assert [[turn.speaker for turn in example.turns] for example in ana.examples] == [["user", "char"]] * 2
    assert (ana.prompting.depth, ana.prompting.depth_at) == ("You dislike noise.", 4)
    assert ana.prompting.system == "{{original}} Stay in the 1970s."
    assert ana.provenance.notes_by_language == {"en": "note", "pt": "nota"}
    assert (ana.provenance.created, ana.provenance.modified) == (1700000000, 1700000001)
    assert [asset.type for asset in ana.assets] == ["icon", "emotion", "x_custom"]
    assert ana.extensions["unknown_vendor"] == {"keep": [1, 2, {"ü": "é"}]}
    assert [entry.id for entry in ana.lorebook.entries] == [1, 2, 3, 4, 5, "str-id", 7]
    span = ana.statements[0].source
    assert ana.description[span.start : span.end] == ana.statements[0].text


def test_a_v2_copy_has_no_decorators_and_gives_them_back_as_v3() -> None:
    ana = load(CARDS / "v3.json")
    low = to_tree(ana, 2)
    assert "@@" not in "".join(e["content"] for e in low.tree["data"]["character_book"]["entries"])
    assert not {"nickname", "assets", "group_only_greetings"} & low.tree["data"].keys()
    assert any("nickname" in line for line in low.moved)
    back = loads(json.dumps(low.tree).encode(), name="low.json")
    assert to_tree(back, 3).tree["data"]["character_book"] == ana.original.tree["data"]["character_book"]
    assert back.content_hash == ana.content_hash


def test_foreign_chunks_and_pixels_stay_the_same_after_an_edit() -> None:
    data = (CARDS / "v3_both.png").read_bytes()
    edited = dumps(loads(data, name="x").edited(name="Bea"), "card_png")
    kept = [c for c in read_png(data, "x").chunks if (keyword(c) or "").lower() not in ("chara", "ccv3")]
    now = [c for c in read_png(edited, "x").chunks if (keyword(c) or "").lower() not in ("chara", "ccv3")]
    assert kept == now
    assert loads(edited, name="x").name == "Bea"


def test_other_members_of_a_charx_stay_the_same_after_an_edit() -> None:
    data = (CARDS / "v3.charx").read_bytes()
    edited = dumps(loads(data, name="x").edited(name="Bea"), "charx")
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(edited)) as after:
        assert before.namelist() == after.namelist()
        for name in before.namelist():
            assert name == "card.json" or before.read(name) == after.read(name)


@pytest.mark.parametrize(("name", "reason"), [("no_card.png", "without a character card"), ("bad_b64.png", "base64")])
def test_a_bad_picture_gives_one_line_with_file_and_reason(name: str, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        load(CARDS / name)
    message = str(caught.value)
    assert name in message
    assert reason in message
    assert "\n" not in message


def test_statement_edits_patch_the_text_they_were_read_from() -> None:
    ana = load(CARDS / "v2.json")
    first, *rest = ana.statements
    changed = first.model_copy(update={"text": "{{char}} is a diver in Porto."})
    again = loads(dumps(ana.edited(statements=(changed, *rest)), "card_v2"), name="x")
    assert again.description == "{{char}} is a diver in Porto. <USER> is a visitor."
    assert "personae" not in again.original.tree["data"]["extensions"]
    cut = loads(dumps(ana.edited(statements=rest), "card_v2"), name="x")
    assert cut.description == "<USER> is a visitor."


def test_a_new_statement_is_appended_and_keeps_its_id() -> None:
    ana = load(CARDS / "v2.json")
    more = {
        "id": "boat",
        "text": "She owns a boat.",
        "person": "third",
        "probe": {"question": "Boat?", "answer": "Yes"},
    }
    again = loads(dumps(ana.edited(statements=(*ana.statements, more)), "card_v2"), name="x")
    assert again.description.endswith("\nShe owns a boat.")
    assert again.statement("boat").probe.answer == "Yes"


def test_a_lorebook_edit_leaves_the_other_entries_alone() -> None:
    ana = load(CARDS / "v3.json")
    entries = list(ana.lorebook.entries)
    entries[1] = entries[1].model_copy(update={"content": "The Tejo room closes at five."})
    book = ana.lorebook.model_copy(update={"entries": tuple(entries)})
    tree = to_tree(ana.edited(lorebook=book), 3).tree
    old = ana.original.tree["data"]["character_book"]["entries"]
    new = tree["data"]["character_book"]["entries"]
    assert [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b] == [1]
    assert new[1] == old[1] | {"content": "The Tejo room closes at five."}


def test_a_persona_that_never_was_a_card_comes_back_equal() -> None:
    native = Persona(
        name="Ilse",
        summary="A keeper.",
        statements=[
            {"id": "work", "text": "I keep the light.", "kind": "work", "probe": {"question": "Job?", "answer": "x"}}
        ],
        relations=[{"name": "Pieter", "affection": 0.5}],
        identity={"nickname": "Il", "age": "58"},
        speech={"register": "plain", "formality": 0.4},
        licence="MIT",
        examples=[{"turns": [{"speaker": "user", "text": "Hi"}, {"speaker": "Pieter", "text": "Ho"}]}],
    )
    for format in ("card_v1", "card_v2", "card_v3", "card_png", "charx"):
        again = loads(dumps(native, format), name="x")
        assert again.content_hash == native.content_hash, format
    assert "I keep the light." in json.loads(dumps(native, "card_v3"))["data"]["description"]


@pytest.mark.parametrize("format", ["card_v1", "card_v2", "card_v3", "card_png", "charx"])
def test_every_starter_survives_the_card_formats(format: str) -> None:
    from personae.persona.find import starter_paths

    for path in starter_paths().values():
        starter = load(path)
        assert loads(dumps(starter, format), name="x").content_hash == starter.content_hash, path.name
