"""`personae journal`: a persona from a file, a talk, and what is said on the way."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from stubs.journals import planted

from personae.cli.journal import journal
from personae.errors import UsageError
from personae.persona.formats import load


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "journal.jsonl"
    lines = (json.dumps({"id": e.id, "date": e.date, "text": f"{e.text} Mail: a@b.org."}) for e in planted(12))
    path.write_text("\n".join(lines))
    return str(path)


def called(*arguments):
    return CliRunner().invoke(journal, arguments, catch_exceptions=False)


@pytest.mark.slow
def test_a_journal_becomes_a_persona_file_with_its_consent(file, tmp_path):
    out = tmp_path / "diarist.yaml"
    result = called("persona", file, "--consent", "Agreed by mail, 2026-02-03", "--out", str(out), "--name", "Gardener")
    assert "entries kept" in result.stderr
    assert "taken out: 12 mail" in result.stderr
    who = load(out)
    assert (who.name, who.extensions["journal"]["consent"]) == ("Gardener", "Agreed by mail, 2026-02-03")
    data = json.loads(called("persona", file, "--consent", "Agreed by mail", "--json").stdout)
    assert data["entries"] == 12
    assert all(one["source"]["section"].startswith("journal/main") for one in data["persona"]["statements"])


def test_consent_is_asked_for_and_yaml_is_what_is_written(file, tmp_path):
    assert "--consent" in called("persona", file).output
    with pytest.raises(UsageError, match=r"end the name in \.yaml"):
        called("persona", file, "--consent", "Agreed by mail", "--out", str(tmp_path / "d.txt"))


def test_two_personas_talk(tmp_path):
    for name in ("Ana", "Rui"):
        (tmp_path / f"{name}.yaml").write_text(f"personae: 1\nname: {name}\nstatements:\n- I dig.\n")
    both = (str(tmp_path / "Ana.yaml"), str(tmp_path / "Rui.yaml"))
    result = called("talk", *both, "--model", "scripted/I dig all day.", "--turns", "3")
    assert result.stdout == "Ana: I dig all day.\nRui: I dig all day.\nAna: I dig all day.\n"
    data = json.loads(called("talk", *both, "--model", "scripted/I dig.", "--json").stdout)
    assert len(data["lines"]) == 9
