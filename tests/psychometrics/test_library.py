"""Finding instruments by name: ours, published, registered, and those that are never loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from personae.errors import FormatError, UsageError
from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.library import entries, key, load, names, profiles, shippable
from personae.psychometrics.own import own_names
from personae.psychometrics.shapes import read_instrument

ROOT = Path(__file__).parents[2] / "src" / "personae"

MINE = """
id: mood
version: 2
lang: {lang}
licence: {{name: mine}}
coding: raw
response: {{labels: [no, unsure, "yes"]}}
items:
  - {{id: a, domain: M, key: 1, text: I hum.}}
  - {{id: b, domain: M, key: -1, text: I sigh.}}
"""


def register(folder: Path, name: str, text: str) -> Path:
    (folder / "instruments").mkdir(exist_ok=True)
    path = folder / "instruments" / name
    path.write_text(text, "utf-8")
    return path


def bfi(**changed: int) -> str:
    """A BFI-44 file as a user would register it, keys changed by item number."""
    keys = {item.id: changed.get(f"i{item.id}", item.key) for item in key("bfi-44").items}
    items = "\n".join(
        f'  - {{id: {item.id}, domain: {item.domain}, key: {keys[item.id]}, text: "Item {item.id}."}}'
        for item in key("bfi-44").items
    )
    labels = "[strongly no, no, so so, yes indeed, strongly yes]"
    return (
        f"id: bfi-44\nlicence: {{name: research only}}\ncoding: raw\nresponse: {{labels: {labels}}}\nitems:\n{items}\n"
    )


@pytest.mark.parametrize("name", own_names())
def test_what_ships_has_a_licence_that_lets_it_ship(name: str) -> None:
    assert load(name).licence.may_ship


def test_every_instrument_file_in_the_package_may_ship_or_holds_no_sentence() -> None:
    found = [
        path
        for path in ROOT.rglob("*.yaml")
        if "\nlicence:" in path.read_text("utf-8") and "\nitems:" in path.read_text("utf-8")
    ]
    assert {path.stem for path in found} >= {*own_names(), "bfi44"}
    for path in found:
        instrument = read_instrument(path)
        assert instrument.licence.may_ship or not any(item.text for item in instrument.items), path


def test_a_forbidden_licence_cannot_be_bundled() -> None:
    theirs = Instrument("theirs", (Item("a", "I hum.", "M"),), Response(("no", "yes")), Licence("all rights reserved"))
    with pytest.raises(UsageError, match="'theirs' cannot be bundled: the licence 'all rights reserved'"):
        shippable(theirs)


def test_no_sentence_of_the_item_pool_is_in_the_package(data_dir: Path) -> None:
    sentences = [item.text.casefold().encode() for item in load("ipip-neo-300", data_dir).items if len(item.text) > 25]
    shipped = b"\n".join(path.read_bytes() for path in (ROOT / "psychometrics").rglob("*") if path.is_file()).lower()
    assert not [sentence for sentence in sentences if sentence in shipped]


def test_the_list_names_each_instrument_once(data_dir: Path) -> None:
    assert len(set(names(data_dir))) == len(names(data_dir)) >= 44
    assert {entry.origin for entry in entries(data_dir)} >= {"own", "published", "key only"}


def test_an_unknown_name_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERSONAE_DATA", raising=False)
    with pytest.raises(UsageError, match="did you mean 'ipip-neo-120'"):
        load("ipip-neo-12")
    with pytest.raises(UsageError, match="comes in two lengths"):
        load("ipip-neo")
    with pytest.raises(UsageError, match="personae instrument list"):
        load("zzzz")
    with pytest.raises(UsageError, match=r"no key for 'bfi-4'.*'bfi-44'"):
        key("bfi-4")


@pytest.mark.parametrize(
    "name", ["mbti", "MBTI", "16Personalities", "SD-3", "sd3", "BFI-2", "OEJTS", "political-compass", "trait", "16pf"]
)
def test_what_is_never_loaded_is_refused_with_the_way_to_register_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"neither shipped nor looked for.*register your file as .*instruments.*Otherwise"
    ):
        load(name, tmp_path)


def test_what_a_user_registers_is_loaded_by_its_name(tmp_path: Path) -> None:
    register(tmp_path, "mbti.yaml", MINE.format(lang="en"))
    register(tmp_path, "mood.de.yaml", MINE.format(lang="de"))
    register(tmp_path, "notes.txt", "nothing")
    assert load("mbti", tmp_path).version == "2"
    assert load("mood", tmp_path, "de").lang == "de"
    assert {"mbti", "mood"} <= set(names(tmp_path))
    assert "notes" not in names(tmp_path)
    with pytest.raises(UsageError, match="is there in 'en', not in 'fr'"):
        load("mbti", tmp_path, "fr")


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = register(tmp_path, "mood.yaml", MINE.format(lang="de"))
    assert load(str(path)).keyed("b", 1) == 3


@pytest.mark.parametrize("name", ["../secret", "a/b", "..", "", "x" * 300, "a\0b"])
def test_a_name_never_leaves_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(MINE.format(lang="en"), "utf-8")
    (tmp_path / "data" / "instruments").mkdir(parents=True)
    with pytest.raises(UsageError, match="no instrument"):
        load(name, tmp_path / "data")


def test_a_registered_name_does_not_hide_a_published_one(tmp_path: Path) -> None:
    register(tmp_path, "8values.yaml", MINE.format(lang="en"))
    with pytest.raises(FormatError, match=r"questions\.json"):
        load("8values", tmp_path)


def test_bfi_44_is_a_key_without_sentences() -> None:
    only = load("bfi-44", "/nowhere")
    assert not any(item.text for item in only.items)
    assert {domain: len(only.scale(domain).keys) for domain in only.domains} == {
        "E": 8,
        "A": 9,
        "C": 9,
        "N": 8,
        "O": 10,
    }
    assert [id for id, sign in only.scale("O").keys.items() if sign == -1] == ["35", "41"]


def test_bfi_44_is_the_released_key(data_dir: Path) -> None:
    lines = (data_dir / "personallm/bfi44_key.tsv").read_text("utf-8").splitlines()[1:]
    for number, trait, turned in (line.split("\t") for line in lines):
        item = key("bfi-44").item(number)
        assert (item.domain, item.key) == (trait[0], -1 if turned == "R" else 1)


def test_a_registered_bfi_44_is_held_against_the_key(tmp_path: Path) -> None:
    register(tmp_path, "bfi-44.yaml", bfi())
    assert load("bfi-44", tmp_path).item("44").text == "Item 44."
    register(tmp_path, "bfi-44.yaml", bfi(i44=-1))
    with pytest.raises(FormatError, match=r"item '44' counts -1 for 'O' there; .* says \+1 for 'O'"):
        load("bfi-44", tmp_path)
    register(tmp_path, "bfi-44.yaml", bfi().replace("id: 17,", "id: 71,"))
    with pytest.raises(FormatError, match="no item '17'"):
        load("bfi-44", tmp_path)


def test_a_map_brings_its_named_profiles_and_other_instruments_have_none(data_dir: Path) -> None:
    assert len(profiles("8values", data_dir)) == 52
    assert profiles("big-five-60", data_dir) == {}


def test_the_wrong_kind_of_number_for_a_sentence_is_not_a_key(tmp_path: Path) -> None:
    path = register(tmp_path, "mood.yaml", MINE.format(lang="en").replace("key: -1", "key: -2"))
    with pytest.raises(FormatError, match=r"items\.1\.key"):
        load(str(path))
