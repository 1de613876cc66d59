"""`personae simulate photos` as a user meets it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli.simulate import simulate
from personae.errors import FormatError, ModelError, UsageError
from personae.models import Scripted, ScriptedPairs

PLAN = {
    "description": "boats at dawn", "source": "retrieve", "request": "p1", "caption": "The harbour this morning.",
    "after": 2, "wait_s": 60,
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    rows = [
        {"speaker": "Rui", "text": "How was it?", "at": "2026-05-03T08:15:00"},
        {"speaker": "Ana", "text": "I am back from the harbour.", "at": "2026-05-03T08:16:00"},
    ]
    (tmp_path / "chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "ana.yaml").write_text("personae: 1\nname: Ana\nstatements:\n  - {id: s1, text: I live by the sea.}\n")
    (tmp_path / "album.json").write_text('{"p1": "boats at dawn"}')
    return tmp_path


@pytest.fixture
def says(monkeypatch):
    def set_up(answer, pairs=None):
        monkeypatch.setattr("personae.models.registry.open_model", lambda name, **options: Scripted([answer]))
        monkeypatch.setattr("personae.models.open_pair_scorer", lambda name: pairs or ScriptedPairs())

    return set_up


def asked(files, *more):
    given = [str(files / "chat.jsonl"), "--persona", str(files / "ana.yaml"), *more]
    return CliRunner().invoke(simulate, ["photos", *given], catch_exceptions=False)


def test_a_plan_is_shown_with_its_time_and_source(files, says):
    says(json.dumps({"plans": [PLAN]}))
    result = asked(files, "--album", str(files / "album.json"))
    assert "2026-05-03 08:17  after “I am back from the harbour.”" in result.stdout
    assert "retrieve: p1" in result.stdout
    assert "!" not in result.stdout


def test_what_is_wrong_with_a_plan_stands_beside_it(files, says):
    clash = {("The harbour this morning.", "I live by the sea."): (0.9, 0.1, 0.0)}
    bears = {("I live by the sea.", "The harbour this morning."): 0.9}
    says(json.dumps({"plans": [PLAN | {"source": "web"}]}), ScriptedPairs(clash, bears))
    data = json.loads(asked(files, "--json").stdout)
    assert data["valid"] == 0
    assert data["plans"][0]["problems"] == [{"kind": "contradicts persona", "against": "I live by the sea."}]


def test_no_picture_is_a_plan_too(files, says):
    says('{"plans": []}')
    assert "No picture fits." in asked(files).stdout


def test_prose_foreign_chats_and_untimed_ones_are_refused_in_one_line(files, says):
    says("Sure, here is a plan!")
    with pytest.raises(ModelError, match=r"no plan \(unparsed\)"):
        asked(files)
    (files / "ana.yaml").write_text("personae: 1\nname: Eva\nstatements:\n  - {id: s1, text: I hike.}\n")
    with pytest.raises(UsageError, match="'Eva' says nothing"):
        asked(files)
    (files / "chat.jsonl").write_text('{"speaker": "Eva", "text": "Hi."}\n')
    with pytest.raises(FormatError, match="message 1: no time"):
        asked(files)
    (files / "album.json").write_text('["p1"]')
    (files / "chat.jsonl").write_text('{"speaker": "Eva", "text": "Hi.", "at": 0}\n')
    with pytest.raises(FormatError, match="is no album"):
        asked(files, "--album", str(files / "album.json"))
