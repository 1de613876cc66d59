"""`personae instrument` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from personae.cli.instrument import instrument
from personae.errors import PersonaeError, UsageError


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERSONAE_DATA", raising=False)


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(instrument, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def fails(*arguments: object) -> str:
    result = CliRunner().invoke(instrument, [str(argument) for argument in arguments])
    assert isinstance(result.exception, PersonaeError)
    return str(result.exception)


def test_list_names_ours_published_ones_and_what_a_folder_registers(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "mine.yaml").touch()
    found = {each["name"]: each for each in json.loads(run("list", "--data", tmp_path, "--json").stdout)}
    assert found["big-five-60"]["origin"] == "own"
    assert len(found["ipip-neo-120"]["languages"]) == 39
    assert found["bfi-44"]["origin"] == "key only"
    assert found["mine"]["origin"] == "registered"
    assert "39 languages" in run("list").stdout


def test_show_prints_scales_keys_and_what_an_all_agree_responder_scores(data_dir: Path) -> None:
    shown = run("show", "ipip-neo-120", "--data", data_dir).stdout
    assert "120 items" in shown
    assert "texts may not ship" in shown
    assert "all-agree scores 3.833" in shown
    assert "trifft genau zu" in run("show", "ipip-neo-120", "--data", data_dir, "--lang", "de", "--items").stdout


def test_show_as_json_is_the_whole_instrument() -> None:
    tree = json.loads(run("show", "big-five-60", "--json").stdout)
    assert len(tree["items"]) == 60
    assert tree["licence"]["may_ship"] is True
    assert tree["all_agree"] == dict.fromkeys("EACNO", 3.0)
    assert {scale["items"] for scale in tree["scales"] if scale["level"] == "domain"} == {12}


def test_the_data_folder_may_come_from_the_environment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--data DIR or PERSONAE_DATA" in fails("show", "8values")
    monkeypatch.setenv("PERSONAE_DATA", str(data_dir))
    assert "70 items" in run("show", "8values").stdout


def test_what_is_never_loaded_and_what_is_not_there_are_one_line() -> None:
    assert "register your file as" in fails("show", "mbti")
    assert "did you mean 'big-five-60'" in fails("show", "big-five-6")


def test_lint_finds_nothing_in_ours() -> None:
    result = run("lint", "big-five-60")
    assert (result.stdout, result.stderr) == ("", "nothing found\n")


def test_lint_of_the_released_answers_declared_raw_is_an_error(data_dir: Path) -> None:
    papi = ("lint", "ipip-neo-300", "--answers", data_dir / "papi-300/first-200.json", "--missing", "0")
    assert "answers look already reverse-scored" in run(*papi, code=1).stdout  # the key needs no data folder
    found = json.loads(run(*papi, "--coding", "scored", "--json").stdout)["findings"]
    assert "error" not in {finding["severity"] for finding in found}


def test_lint_of_a_mis_keyed_file_names_the_item(tmp_path: Path) -> None:
    keys = {"a": 1, "b": -1, "c": 1, "d": 1}  # d was answered like b
    items = "\n".join(f"  - {{id: {id}, domain: M, key: {key}, text: Sentence {id}.}}" for id, key in keys.items())
    head = "id: mood\nlicence: {name: CC0}\ncoding: raw\nresponse: {labels: [none, low, high, full]}\nitems:\n"
    (tmp_path / "mood.yaml").write_text(head + items, "utf-8")
    lines = [f"{n % 4 + 1},{4 - n % 4},{(n % 4 + n // 20) // 2 + 1},{4 - n % 4}" for n in range(40)]
    (tmp_path / "people.csv").write_text("\n".join(["a,b,c,d", *lines]), "utf-8")
    shown = run("lint", tmp_path / "mood.yaml", "--answers", tmp_path / "people.csv", code=1).stdout
    assert "error    item-rest   d" in shown
    assert "is the key +1 right?" in shown


def test_lint_holds_a_checksum_against_the_instrument() -> None:
    sha = json.loads(run("show", "big-five-60", "--json").stdout)["sha256"]
    assert run("lint", "big-five-60", "--sha256", sha[:12]).stdout == ""
    assert f"the checksum is {sha[:12]}, not 000000" in run("lint", "big-five-60", "--sha256", "000000", code=1).stdout


def test_help_needs_no_numpy() -> None:
    import subprocess
    import sys

    code = "import sys; import personae.cli.instrument; assert not {'numpy', 'pydantic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_usage_error_is_not_a_traceback_for_an_unknown_coding(tmp_path: Path) -> None:
    result = CliRunner().invoke(instrument, ["lint", "big-five-60", "--coding", "backwards"])
    assert result.exit_code == 2
    assert not isinstance(result.exception, UsageError)
