"""`personae score chat` prints the statistics of each speaker, as lines or JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli._chat_statistics import chat
from personae.errors import FormatError
from personae.models import ScriptedPairs


@pytest.fixture
def scripted(monkeypatch):
    import personae.models

    monkeypatch.setattr(personae.models, "open_pair_scorer", lambda spec: ScriptedPairs())


def written(tmp_path, n):
    path = tmp_path / "chat.jsonl"
    rows = [
        {"speaker": who, "text": f"I like number {at}.", "at": 60 * at} for at in range(n) for who in ("Ana", "Rui")
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def run(*arguments):
    return CliRunner().invoke(chat, arguments, catch_exceptions=False)


def test_lines_and_json_name_the_labels(tmp_path, scripted):
    file = written(tmp_path, 20)
    lines = run(file).output
    assert "40 messages; labels: statements by scripted" in lines
    assert "emotion_diversity" in lines
    found = json.loads(run(file, "--json").output)
    assert list(found["speakers"]) == ["Ana", "Rui"]
    assert found["speakers"]["Rui"]["emotion_diversity"]["value"] == 0.0
    assert found["speakers"]["Rui"]["delay"]["value"] == 0.0


def test_a_short_chat_has_one_reason_a_speaker(tmp_path, scripted):
    assert run(written(tmp_path, 3)).output.count("3 messages of Ana; 20 are needed") == 1


def test_a_file_that_is_no_chat_is_refused(tmp_path, scripted):
    path = tmp_path / "x.jsonl"
    path.write_text("nothing")
    with pytest.raises(FormatError, match="line 1"):
        run(str(path))


def test_what_a_killed_run_has_asked_is_not_asked_again(tmp_path, monkeypatch):
    import personae.models

    asked = []

    class Dying(ScriptedPairs):
        async def score(self, premises, hypotheses):
            asked.append(len(set(premises)))
            if len(asked) == 2:
                raise KeyboardInterrupt
            return await super().score(premises, hypotheses)

    monkeypatch.setattr(personae.models, "open_pair_scorer", lambda spec: Dying())
    path, cache = tmp_path / "chat.jsonl", str(tmp_path / "pairs.db")
    path.write_text("\n".join(json.dumps({"speaker": "Ana", "text": f"I like number {at}."}) for at in range(100)))
    assert CliRunner().invoke(chat, [str(path), "--cache", cache]).exit_code == 1
    assert run(str(path), "--cache", cache).exit_code == 0
    assert asked == [64, 36, 36], "the first 64 messages were paid for once"
