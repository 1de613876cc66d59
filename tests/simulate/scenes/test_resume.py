"""A scene replays byte for byte, and one that was killed goes on where it stopped."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import personae
from personae.errors import AuthenticationFailed, FormatError, ModelUnreachable, RunError, UsageError
from personae.models import Scripted
from personae.simulate.scenes import Asked, InTurn, Journal, Staging, cast_for, play, play_all, play_to
from personae.simulate.scenes.many import journal_of

#: A play in a process of its own; each call takes `slow` seconds and leaves a line in a file.
PROCESS = """
import asyncio, sys
from pathlib import Path
import personae
from personae.models import Scripted
from personae.simulate.scenes import Asked, Part, Scene, Staging, cast_for, play_to

class Slow(Scripted):
    async def generate(self, messages, settings):
        await asyncio.sleep({slow})
        with open({calls!r}, "a") as file:
            file.write("call\\n")
        return await super().generate(messages, settings)

def say(messages):
    return f"[I count.] (nods) {{sum(len(m.content) for m in messages)}}."

scene = Scene("hut", "A hut.", parts=(Part("Lear"), Part("Fool"), Part("Kent")))
model = Slow(say)
staging = Staging(Asked(Slow(lambda m: ["Fool", "Kent", "Lear", "Nobody"][len(m[-1].content) % 4])), environment=model)
personae.run(play_to({out!r}, scene, cast_for(scene, model), staging))
"""


def speaking(hut):
    return cast_for(hut, Scripted(lambda messages: f"[Hm.] {sum(len(m.content) for m in messages)} words."))


def director() -> Asked:
    return Asked(Scripted(lambda messages: ["Fool", "Kent", "Lear", "Nobody"][len(messages[-1].content) % 4]))


def test_a_scripted_scene_replays_byte_for_byte(hut, tmp_path):
    for name in ("a", "b"):
        personae.run(play_to(tmp_path / name, hut, speaking(hut), Staging(director(), continue_from=2, seed=3)))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"overruled" in (tmp_path / "a").read_bytes()


def test_another_seed_draws_other_speakers_where_a_proposal_is_overruled(hut):
    def speakers(seed):
        staging = Staging(Asked(Scripted(lambda _: "Nobody")), environment=Scripted(lambda _: "Rain."), seed=seed)
        return [turn.speaker for turn in personae.run(play(hut, speaking(hut), staging)).turns]

    assert speakers(1) == speakers(1) != speakers(2)


def test_a_play_killed_in_the_middle_goes_on_and_ends_as_if_it_had_not_been(tmp_path):
    whole, broken = tmp_path / "whole.json", tmp_path / "broken.json"
    calls = tmp_path / "calls"
    _process(whole, tmp_path / "other", slow=0).wait(60)
    running = _process(broken, calls, slow=0.1)
    deadline = time.monotonic() + 50
    while not (calls.exists() and len(calls.read_text().splitlines()) >= 9) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait(10)
    made = len(calls.read_text().splitlines())
    assert not broken.exists()
    assert journal_of(broken).exists()
    assert 9 <= made < 39
    _process(broken, calls, slow=0).wait(60)
    assert broken.read_bytes() == whole.read_bytes()
    assert not journal_of(broken).exists()
    assert len(calls.read_text().splitlines()) <= 39 + 1, "at most the call under way is made twice"


def test_a_torn_last_line_is_taken_off_and_its_step_done_again(hut, tmp_path):
    whole = personae.run(play(hut, speaking(hut), Staging(director())))
    path = tmp_path / "steps.jsonl"
    staging = Staging(director())
    personae.run(play(hut, speaking(hut), staging, journal=Journal(path)))
    lines = path.read_bytes().splitlines(keepends=True)
    for keep in (1, 2, 7, len(lines) - 1):
        path.write_bytes(b"".join(lines[:keep]) + lines[keep][:20])
        again = personae.run(play(hut, speaking(hut), Staging(director()), journal=Journal(path)))
        assert again.to_dict() == whole.to_dict()
        assert len(path.read_bytes().splitlines()) == len(lines)


def test_a_journal_of_another_play_is_refused_with_what_differs(hut, tmp_path):
    path = tmp_path / "steps.jsonl"
    personae.run(play(hut, speaking(hut), Staging(InTurn(), rounds=2), journal=Journal(path)))
    with pytest.raises(RunError, match="rounds was 2, is now 3"):
        personae.run(play(hut, speaking(hut), Staging(InTurn(), rounds=3), journal=Journal(path)))
    moved = dataclasses.replace(hut, scenario="A palace.")
    with pytest.raises(RunError, match="scene was"):
        personae.run(play(moved, speaking(moved), Staging(InTurn(), rounds=2), journal=Journal(path)))


@pytest.mark.parametrize(
    "text",
    [
        "my diary\n",
        "my diary",
        "{}\n",
        "[]\n",
        '{"event": "start"}\n',
        '{"event": "start", "personae_scene": 1, "facts": 3}\n',
        "FACTS\n3\n",
        'FACTS\n{"event": "turn", "speaker": "Lear", "text": "x", "calls": []}\n',
        'FACTS\n{"event": "next", "speaker": "Lear", "why": "first", "calls": [{"who": 1}]}\n',
        'FACTS\n{"event": "dance", "calls": []}\n',
        'FACTS\n{"event": "next", "speaker": "Lear", "why": "first", "colour": "red", "calls": []}\n',
    ],
)
def test_a_file_that_is_no_journal_is_refused_and_left_alone(hut, tmp_path, text):
    path = tmp_path / "steps.jsonl"
    personae.run(play(hut, speaking(hut), Staging(InTurn(), rounds=1), journal=Journal(path)))
    text = text.replace("FACTS\n", path.read_text("utf-8").splitlines(keepends=True)[0])
    path.write_text(text, "utf-8")
    with pytest.raises((FormatError, RunError), match=r"steps\.jsonl"):
        personae.run(play(hut, speaking(hut), Staging(InTurn(), rounds=1), journal=Journal(path)))
    assert path.read_text("utf-8") == text


def test_many_scenes_are_played_at_once_and_finished_ones_are_not_played_again(hut, tmp_path):
    scenes = [dataclasses.replace(hut, id=f"Hut {number}") for number in range(5)]
    model = Scripted(lambda _: "Hm.")
    results = personae.run(
        play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn(), rounds=4), tmp_path, limit=3)
    )
    assert [result.scene.id for result in results] == [scene.id for scene in scenes]
    assert all(result.played and len(result.played.turns) == 4 for result in results)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"hut-{number}.json" for number in range(5)]
    assert len(model.history) == 20
    again = personae.run(play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn(), rounds=4), tmp_path))
    assert len(model.history) == 20
    assert [r.played.to_dict() for r in again if r.played] == [r.played.to_dict() for r in results if r.played]
    other = personae.run(play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn(), rounds=5), tmp_path))
    assert all("holds another play (rounds was 4, is now 5)" in str(result.error) for result in other)


def test_a_scene_whose_model_fails_stops_nobody_else_and_can_be_resumed(hut, tmp_path):
    scenes = [dataclasses.replace(hut, id=name) for name in ("a", "b")]
    failing = Scripted(["Hm.", "Hm.", ModelUnreachable("gone")])
    models = {"a": failing, "b": Scripted(lambda _: "Hm.")}
    staging = Staging(InTurn(), rounds=4)
    results = personae.run(play_all(scenes, lambda s: cast_for(s, models[s.id]), staging, tmp_path))
    assert (results[0].played, str(results[0].error)) == (None, "gone")
    assert results[1].played is not None
    models["a"] = Scripted(["Yes."] * 2)
    results = personae.run(play_all(scenes, lambda s: cast_for(s, models[s.id]), staging, tmp_path))
    assert results[0].played
    assert [turn.text for turn in results[0].played.turns] == ["Hm.", "Hm.", "Yes.", "Yes."]


def test_after_a_wrong_key_nothing_more_is_asked(hut):
    scenes = [dataclasses.replace(hut, id=str(number)) for number in range(4)]
    model = Scripted([AuthenticationFailed("wrong key")])
    results = personae.run(play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn()), limit=1))
    assert all(isinstance(result.error, AuthenticationFailed) for result in results)
    assert len(model.history) == 1


def test_two_scenes_in_one_file_are_refused_before_anything_is_played(hut, tmp_path):
    scenes = [dataclasses.replace(hut, id="Hut 1"), dataclasses.replace(hut, id="hut_1")]
    model = Scripted()
    with pytest.raises(UsageError, match="own id"):
        personae.run(play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn()), tmp_path))
    with pytest.raises(UsageError, match="at least 1"):
        personae.run(play_all(scenes, lambda s: cast_for(s, model), Staging(InTurn()), limit=0))


def test_the_journal_holds_the_seconds_and_the_transcript_does_not(hut, tmp_path):
    path = tmp_path / "steps.jsonl"
    ticks = iter(range(1000))
    staging = Staging(InTurn(), rounds=2)
    played = personae.run(play(hut, speaking(hut), staging, journal=Journal(path), clock=lambda: float(next(ticks))))
    turn = json.loads(path.read_text("utf-8").splitlines()[2])
    assert turn["calls"][0]["usage"]["seconds"] == 1.0
    assert "seconds" not in json.dumps(played.to_dict())


def _process(out: Path, calls: Path, slow: float) -> subprocess.Popen[bytes]:
    code = PROCESS.format(slow=slow, calls=str(calls), out=str(out))
    return subprocess.Popen([sys.executable, "-c", code], env=os.environ)
