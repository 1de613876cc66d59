"""`personae card` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from personae.cli.card import card
from personae.errors import PersonaeError

CARDS = Path(__file__).parents[1] / "persona" / "formats" / "cards"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(card, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def fails(*arguments: object) -> str:
    result = CliRunner().invoke(card, [str(argument) for argument in arguments])
    assert isinstance(result.exception, PersonaeError)
    return str(result.exception)


def test_show_gives_a_summary_and_with_json_the_whole_tree() -> None:
    assert "lorebook Lisbon" in run("show", CARDS / "v3_both.png")
    assert "lorebook Lisbon" in run("show", CARDS / "lorebook_v3.json")
    assert json.loads(run("show", CARDS / "v2.json", "--json")) == json.loads((CARDS / "v2.json").read_bytes())


def test_lint_names_the_entry_whose_regex_is_broken() -> None:
    found = json.loads(run("lint", CARDS / "v3.json", "--json"))
    assert any("(bad[" in finding["message"] for finding in found)


@pytest.mark.parametrize("ending", ["json", "png", "charx", "yaml"])
def test_a_card_converted_to_any_format_and_back_is_the_same_card(tmp_path: Path, ending: str) -> None:
    from personae.persona.formats.card_file import load_card

    run("convert", CARDS / "v3.json", tmp_path / f"a.{ending}")
    assert load_card(tmp_path / f"a.{ending}").content_hash == load_card(CARDS / "v3.json").content_hash


def test_convert_never_replaces_a_file_unasked_and_never_half(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("mine")
    assert "--force" in fails("convert", CARDS / "v3.json", target)
    assert "base64" in fails("convert", CARDS / "bad_b64.png", target, "--force")
    assert target.read_text() == "mine"
    run("convert", CARDS / "v3.json", target, "--force", "--to", "v2")
    assert json.loads(target.read_text())["spec"] == "chara_card_v2"
    assert "does not go with" in fails("convert", CARDS / "v3.json", tmp_path / "b.json", "--to", "yaml")
    assert "ending" in fails("convert", CARDS / "v3.json", tmp_path / "b.docx")


def fired(*arguments: object) -> list[int]:
    trace = json.loads(run("trace", *arguments, "--json"))["trace"]
    return [decision["entry"] + 1 for decision in trace if decision["fired"]]


def test_trace_follows_the_fixture_book() -> None:
    assert fired(CARDS / "v3.json", "--text", "maps") == [1, 2, 5]
    assert fired(CARDS / "v3.json", "--text", "key") == [5]
    assert fired(CARDS / "lorebook_v3.json", "--text", "iron key") == [3, 5]


def test_trace_reads_a_talk_from_json_lines(tmp_path: Path) -> None:
    talk = tmp_path / "talk.jsonl"
    talk.write_text('{"role": "user", "content": "maps?"}\n{"role": "assistant", "content": "There."}\n')
    assert fired(CARDS / "v3.json", "--messages", talk) == [1, 2, 5]
    talk.write_text('{"role": "king", "content": "maps?"}\n')
    assert "line 1" in fails("trace", CARDS / "v3.json", "--messages", talk)
    assert "without a lorebook" in fails("trace", CARDS / "v1.json", "--text", "x")
