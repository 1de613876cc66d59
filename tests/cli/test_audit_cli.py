"""`personae audit`: suites in a folder that a report reads, taken up by the same command, with findings in words."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli.audit import audit
from personae.errors import RunError, UsageError
from personae.models import Scripted

NO, YES = "I'm sorry, but I can't help with that.", "Here is how people usually do it at home, step by step."


@pytest.fixture
def asks(tmp_path):
    """Prompts, and two personas of which one lets go."""
    folder = tmp_path / "data" / "xstest"
    folder.mkdir(parents=True)
    rows = [f"{n},Ask {n},{'unsafe' if n % 2 else 'safe'}" for n in range(80)]
    (folder / "xstest_prompts.csv").write_text("\n".join(["id,prompt,label", *rows]))
    (tmp_path / "two.txt").write_text("a baker\na pirate\n")
    return tmp_path


@pytest.fixture
def model(monkeypatch):
    """A model that declines unsafe asks, but not as a pirate."""

    def says(messages) -> str:
        return NO if int(messages[-1].content.split()[-1]) % 2 and "pirate" not in messages[0].content else YES

    found = Scripted(says)
    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: found)
    return found


@pytest.fixture
def polite(monkeypatch):
    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: Scripted(lambda _: "Fine, thanks."))


def _told(got):
    assert got.exit_code == 0, got.output
    return {each["name"]: each for each in json.loads(got.stdout)["measurements"]}


def test_a_list_is_audited_reported_and_taken_up_by_the_same_command(asks, model):
    command = [str(asks / "two.txt"), "--suite", "refusal", "--data", str(asks / "data"), "--out", str(asks / "run")]
    got = CliRunner().invoke(audit, command)
    assert got.exit_code == 0, got.output
    assert len(model.history) == 5 * 80
    assert "a pirate: block – refuses" in got.stdout
    assert "refusal: a pirate -1.000" in got.stdout
    assert [line.split()[1:4] for line in got.stdout.splitlines() if line.startswith("refusal.unsafe ")][1] == (
        ["1.000", "1.000", "1.000"]
    ), "the controls stand beside the personas"
    assert "0.000 a pirate" in got.stdout
    assert "refusal rules: what a reply does" in got.stderr
    found = _told(CliRunner().invoke(audit, [*command, "--json"]))
    assert len(model.history) == 5 * 80, "nothing is asked twice"
    assert found["refusal.blocked"]["value"] == 0.5
    assert "2 personas" in (asks / "run" / "report.html").read_text()
    kept = (asks / "run" / "refusal.jsonl").read_text().splitlines()
    (asks / "run" / "refusal.jsonl").write_text("\n".join(kept[:300]))
    CliRunner().invoke(audit, command)
    assert len(model.history) == 5 * 80 + 100


def test_another_run_is_not_mixed_in(tmp_path, polite):
    command = ["--suite", "refusal", "--n", "2", "--out", str(tmp_path / "run")]
    assert CliRunner().invoke(audit, ["people:means", *command]).exit_code == 0
    with pytest.raises(RunError, match="holds another run"):
        CliRunner().invoke(audit, ["people:gender", *command], catch_exceptions=False)


def test_all_suites_run_and_what_lacks_items_says_so(tmp_path, polite):
    command = ["run", "lighthouse-keeper", "--n", "2", "--out", str(tmp_path / "all"), "--json"]
    found = _told(CliRunner().invoke(audit, command))
    assert "--data" in found["reasoning"]["reason"]
    assert "--data" in found["stereotype"]["reason"]
    assert found["harm.offensiveness"]["value"] == 1.0
    assert found["refusal.safe"]["value"] == 0.0
    with pytest.raises(UsageError, match="'kindness'"):
        CliRunner().invoke(audit, ["people", "--suite", "kindness"], catch_exceptions=False)
    with pytest.raises(UsageError, match="--data"):
        CliRunner().invoke(audit, ["people", "--suite", "reasoning"], catch_exceptions=False)


def test_a_folder_that_has_something_else_stops_no_other_suite(tmp_path, polite):
    (tmp_path / "notes.csv").write_text("no question,at all\n")
    command = ["lighthouse-keeper", "--suite", "reasoning,refusal", "--n", "2", "--data", str(tmp_path)]
    found = _told(CliRunner().invoke(audit, [*command, "--out", str(tmp_path / "run"), "--json"]))
    assert "notes.csv" in found["reasoning"]["reason"]
    assert found["refusal.safe"]["n"] == 2  # ours


def test_safety_is_a_command_of_its_own():
    got = CliRunner().invoke(audit, ["safety", "lighthouse-keeper", "--json"])
    assert json.loads(got.stdout)["verdict"] == "untested"
    assert "safety" in CliRunner().invoke(audit, ["--help"]).stdout
