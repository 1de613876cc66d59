"""`personae persona`: data on stdout, talk on stderr, exit codes that scripts can use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from personae.cli.persona import persona
from personae.errors import UsageError
from personae.persona.find import starter_paths
from personae.persona.formats import load


@pytest.fixture
def run():
    def call(*arguments: str, input: str | None = None):
        return CliRunner().invoke(persona, [str(each) for each in arguments], input=input)

    return call


@pytest.fixture
def ana(tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text("personae: 1\nname: Ana [bold]\nstatements:\n- {id: s1, text: I read.}\n")
    return path


def test_list_shows_every_starter_as_json_and_as_a_table(run):
    listed = json.loads(run("list", "--json").stdout)
    assert [each["id"] for each in listed] == list(starter_paths())
    table = run("list")
    assert all(name in table.stdout for name in starter_paths())
    assert "personae chat" in table.stderr


def test_list_of_a_folder_skips_what_is_no_persona_and_says_so(run, ana):
    (ana.parent / "bad.yaml").write_text("personae: 9\n")
    result = run("list", "--dir", ana.parent)
    assert "Ana [bold]" in result.stdout
    assert "skipped" in result.stderr


def test_show_prints_the_persona_and_keeps_the_talk_apart(run, ana):
    result = run("show", ana)
    assert result.stdout == "# Ana [bold]\n- I read.\n"
    assert "1 statements" in result.stderr
    assert json.loads(run("show", ana, "--json").stdout)["name"] == "Ana [bold]"
    assert run("show", ana, "--style", "second_person").stdout.startswith("You are Ana")


def test_lint_fails_only_on_errors(run, ana, tmp_path):
    assert run("lint", ana, "--no-pairs").exit_code == 0
    empty = tmp_path / "empty.yaml"
    empty.write_text("personae: 1\nname: Nobody\n")
    result = run("lint", empty, ana, "--json", "--no-pairs")
    assert result.exit_code == 1
    assert [report["persona"] for report in json.loads(result.stdout)] == [str(empty), str(ana)]


def test_diff_names_changes_and_both_hashes(run, ana, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(ana.read_text().replace("I read.", "I write."))
    found = json.loads(run("diff", ana, other, "--json").stdout)
    assert found["before"] != found["after"]
    assert found["changes"] == [{"kind": "reworded", "path": "statements.s1", "before": "I read.", "after": "I write."}]
    assert "reworded" in run("diff", ana, other).stdout
    assert run("diff", ana, ana).stdout == ""


def test_new_asks_and_writes_a_commented_file(run, tmp_path):
    out = tmp_path / "rui.yaml"
    answers = ["Rui", "A baker.", "he/him", "40", "Braga", "baker", "", "", "bread, dawn", "", "kind", "", "to rest"]
    result = run(
        "new", out, input="\n".join([*answers, "I have two cats.", "I bake at night.", "", "Good morning.", ""])
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(out)
    rui = load(out)
    assert (rui.name, rui.life.loves, rui.greetings) == ("Rui", ("bread", "dawn"), ("Good morning.",))
    assert [s.text for s in rui.statements] == ["I have two cats.", "I bake at night."]
    assert "# Atomic facts" in out.read_text()


def test_new_from_a_text_splits_it_into_facts(run, tmp_path):
    source = tmp_path / "about.txt"
    source.write_text("Ana Reis is an archivist. She lives in Porto.")
    out = tmp_path / "ana.yaml"
    assert run("new", out, "--from", source).exit_code == 0
    assert [s.text for s in load(out).statements] == ["Ana Reis is an archivist.", "She lives in Porto."]


def test_new_never_replaces_a_file_without_asking(run, ana, tmp_path):
    source = tmp_path / "about.txt"
    source.write_text("Rui bakes.")
    before = ana.read_bytes()
    assert run("new", ana, "--from", source, input="n\n").exit_code == 1
    assert ana.read_bytes() == before
    assert run("new", ana, "--from", source, "--force").exit_code == 0
    assert ana.read_bytes() != before


def test_new_writes_only_yaml(run, tmp_path):
    assert isinstance(run("new", tmp_path / "a.json").exception, UsageError)


def test_the_commands_load_nothing_heavy_before_they_run():
    code = "import sys, personae.cli.persona; print({'pydantic', 'numpy', 'rich.table'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
