"""The IPIP item bank and 8values against the released files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.errors import FormatError
from personae.psychometrics.library import load
from personae.psychometrics.lint import lint
from personae.psychometrics.published import eight_values, item_bank


def test_thirty_six_instruments_hold_450_scales_and_3805_keyed_rows(data_dir: Path) -> None:
    all36 = [load(name, data_dir) for name in item_bank.names()]
    assert len(all36) == 36
    assert sum(len(each.items) for each in all36) == 3805
    assert sum(len({item.domain for item in each.items}) for each in all36) == 450
    assert len({item.text for each in all36 for item in each.items}) == 1961
    assert not [finding for each in all36 for finding in lint(each) if finding.severity == "error"]


def test_39_rows_of_via_are_not_scored(data_dir: Path) -> None:
    via = load("ipip-via", data_dir)
    assert sum(item.key == 0 for item in via.items) == 39
    assert sum(len(scale.keys) for scale in via.scales) == 252 - 39


def test_what_is_left_of_neo_is_not_called_neo(data_dir: Path) -> None:
    assert len(load("ipip-neo-part", data_dir).items) == 185


def test_impression_management_has_twenty_items(data_dir: Path) -> None:
    assert len(load("ipip-bidr", data_dir).scale("Impression-Management").keys) == 20


def test_published_alphas_are_numbers_and_junk_is_left_out(data_dir: Path) -> None:
    assert item_bank.alphas("ipip-cat-pd", data_dir)["Manipulativeness"] == (0.88, 0.85)
    assert item_bank.alphas("ipip-cat-pd", data_dir)["Depression"] == (0.88, 0.88)
    assert "Anxiety" not in item_bank.alphas("ipip-bis-bas", data_dir)  # the sheet has a year there
    assert item_bank.alphas("ipip-ipc", data_dir) == {}  # and a full stop there
    everything = [
        alpha for name in item_bank.names() for alphas in item_bank.alphas(name, data_dir).values() for alpha in alphas
    ]
    assert all(0.3 < alpha < 1 for alpha in everything)


def test_a_sheet_in_another_order_is_the_same(data_dir: Path, tmp_path: Path) -> None:
    sheet = (data_dir / item_bank.TABLE).read_text("utf-8-sig").splitlines()
    copy = tmp_path / item_bank.TABLE
    copy.parent.mkdir()
    copy.write_text("\r\n".join([sheet[0], *reversed(sheet[1:])]), "utf-8")
    assert load("ipip-jpi", tmp_path) == load("ipip-jpi", data_dir)


def test_a_turned_key_in_the_sheet_is_named(data_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / item_bank.TABLE
    copy.parent.mkdir()
    text = (data_dir / item_bank.TABLE).read_text("utf-8-sig")
    line = next(each for each in text.splitlines() if each.startswith("BIDR") and ",1," in each)
    copy.write_text(text.replace(line, line.replace(",1,", ",-1,")), "utf-8")
    with pytest.raises(FormatError, match=r"not the published bank/BIDR: item '[a-z-]+-\d\d' differs"):
        load("ipip-bidr", tmp_path)
    assert load("ipip-jpi", tmp_path).items  # the others are as they were
    copy.write_text(text.replace(line + "\n", ""), "utf-8")
    with pytest.raises(FormatError, match="39 items instead of 40"):
        load("ipip-bidr", tmp_path)


def test_8values_has_the_published_axis_maxima(data_dir: Path) -> None:
    items = load("8values", data_dir).items
    most = {axis: sum(abs(item.effects[axis]) for item in items) for axis in eight_values.AXES}
    assert most == {"econ": 195, "dipl": 225, "govt": 320, "scty": 292}
    agree = {axis: 50 * (1 + sum(item.effects[axis] for item in items) / most[axis]) for axis in most}
    assert agree == pytest.approx({"econ": 59.0, "dipl": 51.1, "govt": 37.5, "scty": 53.8}, abs=0.05)


def test_8values_has_52_profiles_in_percent(data_dir: Path) -> None:
    known = eight_values.ideologies(data_dir)
    assert len(known) == 52
    assert all(0 <= percent <= 100 for axes in known.values() for percent in axes.values())


def test_a_changed_weight_is_named(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "8values").mkdir()
    questions = json.loads((data_dir / "8values/questions.json").read_text("utf-8"))
    questions[30]["effect"]["dipl"] += 1
    (tmp_path / "8values/questions.json").write_text(json.dumps(questions), "utf-8")
    with pytest.raises(FormatError, match="not the published 8values: item '31' differs"):
        load("8values", tmp_path)
    questions[30]["effect"] = {"econ": "much"}
    (tmp_path / "8values/questions.json").write_text(json.dumps(questions), "utf-8")
    with pytest.raises(FormatError, match=r"30\.effect\.econ"):
        load("8values", tmp_path)
