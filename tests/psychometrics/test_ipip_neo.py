"""IPIP-NEO-300 and -120 against the released files: pinned checksums, join by number, 39 languages."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
from pathlib import Path

import pytest

from personae.errors import FormatError, UsageError
from personae.psychometrics.library import key, load
from personae.psychometrics.lint import expected_agree, yes_sayers
from personae.psychometrics.published import ipip_neo
from personae.psychometrics.published.pins import pins

#: What somebody scores who agrees with every wording, 1–5 (specification, section 1).
ALL_AGREE = {
    300: {"A": 2.600, "C": 3.067, "E": 3.400, "N": 3.200, "O": 2.867},
    120: {"A": 2.167, "C": 2.833, "E": 4.000, "N": 3.833, "O": 3.000},
}


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, with the table and one translation, to break."""
    (tmp_path / "ipip-neo/languages/de").mkdir(parents=True)
    shutil.copyfile(data_dir / "ipip-neo/ipip_neo_300.csv", tmp_path / "ipip-neo/ipip_neo_300.csv")
    shutil.copyfile(data_dir / "ipip-neo/languages/de/questions.json", questions_of(tmp_path))
    return tmp_path


def questions_of(folder: Path) -> Path:
    return folder / "ipip-neo/languages/de/questions.json"


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "ipip-neo/ipip_neo_300.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(folder: Path, rows: list[dict[str, str]]) -> None:
    with (folder / "ipip-neo/ipip_neo_300.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_pinned_checksums_are_those_of_the_published_recipe(data_dir: Path) -> None:
    rows = table(data_dir)
    for wanted, begins in ((rows, "73393b319f11"), ([row for row in rows if row["short"]], "92a9eda8fe34")):
        lines = [
            f"{row['full']}|{row['facet_code']}|{'+' if row['sign'] == '1' else '-'}|"
            f"{row['item'].strip().lower().removesuffix('.')}"
            for row in sorted(wanted, key=lambda row: int(row["full"]))
        ]
        found = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        assert found.startswith(begins)
        assert pins()[f"ipip-neo-{len(lines)}"]["sha256"] == found


@pytest.mark.parametrize("length", [300, 120])
def test_the_forms_load_with_every_sentence(data_dir: Path, length: int) -> None:
    form = load(f"ipip-neo-{length}", data_dir)
    assert len(form.items) == length
    assert all(item.text.startswith(("I ", "I'm ", "My ")) or item.text for item in form.items)
    assert form.domains == ("N", "E", "O", "A", "C")
    assert len(form.scales) == 35
    assert {len(scale.keys) for scale in form.scales if scale.level == "facet"} == {length // 30}
    assert not form.licence.may_ship


@pytest.mark.parametrize("length", [300, 120])
def test_an_all_agree_responder_scores_what_the_key_says(length: int) -> None:
    form = key(f"ipip-neo-{length}")
    for domain, (agree, disagree) in yes_sayers(form).items():
        assert agree == pytest.approx(ALL_AGREE[length][domain], abs=0.0005)
        assert agree == pytest.approx(expected_agree(form, domain))
        assert disagree == pytest.approx(6 - agree)


def test_the_shipped_key_is_that_of_the_released_table(data_dir: Path) -> None:
    for row in table(data_dir):
        item = key("ipip-neo-300").item(row["full"])
        assert (item.facet, item.key, item.text) == (row["facet_code"], int(row["sign"]), "")


def test_sentences_are_joined_by_number_and_not_by_place(data_dir: Path, folder: Path) -> None:
    first_unsorted = next(place for place, row in enumerate(table(data_dir), 1) if int(row["full"]) != place)
    assert first_unsorted < 300
    rows = table(folder)
    random.Random(0).shuffle(rows)
    rewrite(folder, rows)
    assert load("ipip-neo-300", folder) == load("ipip-neo-300", data_dir)
    number = {row["full"]: row["i_form"] for row in rows}
    assert all(item.text == number[item.id] for item in load("ipip-neo-120", folder).items)


def test_the_short_form_asks_in_its_own_order_and_keeps_the_long_numbers() -> None:
    short = ipip_neo.entries(120)
    assert [entry.short for entry in short] == list(range(1, 121))
    assert short[8].number == 99
    assert key("ipip-neo-120").items[8].id == "99"


def test_thirty_nine_languages_have_120_items_55_of_them_minus(data_dir: Path) -> None:
    assert len(ipip_neo.languages(120)) == 39
    for lang in ipip_neo.languages(120):
        form = load("ipip-neo-120", data_dir, lang)
        assert (form.lang, len(form.items), sum(item.key == -1 for item in form.items)) == (lang, 120, 55)
        assert all(item.text for item in form.items)
        assert len(form.response.labels) == 5


def test_a_translation_asks_the_same_items_in_its_own_words(data_dir: Path) -> None:
    english, german = load("ipip-neo-120", data_dir), load("ipip-neo-120", data_dir, "de")
    assert [item.id for item in english.items] == [item.id for item in german.items]
    assert german.response.labels[0] == "trifft gar nicht zu"
    assert german.sha256 != english.sha256


def test_an_unknown_language_names_those_there_are(data_dir: Path) -> None:
    with pytest.raises(UsageError, match=r"not there in 'pt'; it is in ar, .*pt-br"):
        load("ipip-neo-120", data_dir, "pt")
    with pytest.raises(UsageError, match="ipip-neo-300 is not there in 'de'"):
        load("ipip-neo-300", data_dir, "de")


@pytest.mark.parametrize("column", ["item", "i_form"])
def test_a_changed_sentence_is_named(folder: Path, column: str) -> None:
    rows = table(folder)
    for row in rows:
        if row["full"] in ("57", "211"):
            row[column] = row[column].replace("e", "a")
    rewrite(folder, rows)
    with pytest.raises(FormatError, match="item '57' differs"):
        load("ipip-neo-300", folder)


def test_a_turned_key_is_named_with_both_keys(folder: Path) -> None:
    rows = table(folder)
    rows[40]["sign"] = str(-int(rows[40]["sign"]))
    rewrite(folder, rows)
    with pytest.raises(FormatError, match=rf"item {rows[40]['full']}\b.* counts .1 for .* the key says .1 for"):
        load("ipip-neo-120", folder)


def test_a_wrong_number_of_items_is_said(folder: Path) -> None:
    rows = table(folder)
    gone = rows.pop(17)
    rewrite(folder, rows)
    with pytest.raises(FormatError, match=f"299 items instead of 300; the first missing is {gone['full']}"):
        load("ipip-neo-300", folder)
    rewrite(folder, [*rows, rows[0]])
    with pytest.raises(FormatError, match="more than once"):
        load("ipip-neo-300", folder)


def test_a_missing_column_and_a_bad_value_are_named(folder: Path) -> None:
    path = folder / "ipip-neo/ipip_neo_300.csv"
    path.write_text(path.read_text("utf-8").replace("facet_code", "facetcode", 1), "utf-8")
    with pytest.raises(FormatError, match=r"no column 'facet_code'; did you mean 'facetcode'\?"):
        load("ipip-neo-300", folder)
    path.write_text(path.read_text("utf-8").replace("facetcode", "facet_code", 1), "utf-8")
    rows = table(folder)
    rows[3]["sign"] = ""
    rewrite(folder, rows)
    with pytest.raises(FormatError, match="line 5: sign: Field required"):
        load("ipip-neo-300", folder)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="not UTF-8"):
        load("ipip-neo-300", folder)


def test_a_translation_that_was_changed_or_cut_is_named(folder: Path) -> None:
    questions = json.loads(questions_of(folder).read_text("utf-8"))
    questions[11]["text"] += " nicht"
    questions_of(folder).write_text(json.dumps(questions), "utf-8")
    with pytest.raises(FormatError, match="not the published ipip-neo-120/de: item '12' differs"):
        load("ipip-neo-120", folder, "de")
    questions[11]["keyed"] = "minus" if questions[11]["keyed"] == "plus" else "plus"
    questions_of(folder).write_text(json.dumps(questions), "utf-8")
    with pytest.raises(FormatError, match=r"\(12 of the short form\) counts"):
        load("ipip-neo-120", folder, "de")
    questions_of(folder).write_text(json.dumps(questions[:-1]), "utf-8")
    with pytest.raises(FormatError, match="119 items instead of 120"):
        load("ipip-neo-120", folder, "de")
    questions_of(folder).write_text("[" * 100_000, "utf-8")
    with pytest.raises(FormatError, match="cannot be read as JSON"):
        load("ipip-neo-120", folder, "de")


def test_an_absent_file_and_an_absent_folder_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match=r"cannot read .*ipip_neo_300\.csv"):
        load("ipip-neo-120", tmp_path)
    monkeypatch.delenv("PERSONAE_DATA", raising=False)
    with pytest.raises(UsageError, match="--data DIR or PERSONAE_DATA"):
        load("ipip-neo-120")
