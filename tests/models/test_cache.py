"""The cache: nothing is paid twice, nothing is lost by a kill, no failure is kept."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import signal
import sqlite3
import subprocess
import sys

import pytest

from personae.errors import FormatError, RateLimited
from personae.models.cache import Cached, CacheStats
from personae.models.scripted import Scripted
from personae.types import Completion, Message, Settings, Usage

TALK = (Message("user", "Hello"),)


async def test_an_answer_survives_a_new_process_with_all_its_fields(tmp_path):
    answer = Completion("Hi — 😀 ", Usage(3, 4, 1, 0.5), "length")
    first = Cached(Scripted([answer]), tmp_path / "c.db")
    assert await first.generate(TALK, Settings()) == answer
    again = Cached(Scripted(), tmp_path / "c.db")
    assert await again.generate(TALK, Settings()) == answer
    assert again.stats == CacheStats(hits=1, misses=0)


async def test_scores_with_impossible_options_survive(tmp_path):
    model = Cached(Scripted(option_scores={"Yes": -0.5}), tmp_path / "c.db")
    first = await model.logprobs(TALK, ["Yes", "No"])
    assert await model.logprobs(TALK, ["Yes", "No"]) == first
    assert first.logprobs == (-0.5, -math.inf)
    assert model.stats.hits == 1


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"temperature": 0.0}, {"max_tokens": 5}, {"stop": ("x",)}, {"top_p": 0.5}]
)
async def test_other_settings_are_another_question(tmp_path, change):
    model = Cached(Scripted(["one", "two"]), tmp_path / "c.db")
    await model.generate(TALK, Settings())
    assert (await model.generate(TALK, dataclasses.replace(Settings(), **change))).text == "two"


async def test_patience_is_not_part_of_the_question_but_the_speaker_and_the_weights_are(tmp_path):
    inner = Scripted(["one", "two", "three"])
    model = Cached(inner, tmp_path / "c.db")
    await model.generate(TALK, Settings(timeout_s=1))
    assert (await model.generate(TALK, Settings(timeout_s=9))).text == "one"
    assert (await model.generate((Message("user", "Hello", name="Rui"),), Settings())).text == "two"
    inner.fingerprint = "other weights"
    assert (await model.generate(TALK, Settings())).text == "three"


async def test_a_call_without_a_seed_is_never_remembered(tmp_path):
    model = Cached(Scripted(["one", "two"]), tmp_path / "c.db")
    settings = Settings(seed=None)
    assert [(await model.generate(TALK, settings)).text for _ in range(2)] == ["one", "two"]


async def test_a_failure_is_not_kept(tmp_path):
    model = Cached(Scripted([RateLimited("later"), "now"]), tmp_path / "c.db")
    with pytest.raises(RateLimited):
        await model.generate(TALK, Settings())
    assert (await model.generate(TALK, Settings())).text == "now"


class Slow:
    """Counts calls and takes its time."""

    name = "slow"

    def __init__(self, *failures: Exception) -> None:
        self.calls, self.failures = 0, list(failures)

    async def generate(self, messages, settings):
        self.calls += 1
        await asyncio.sleep(0.05)
        if self.failures:
            raise self.failures.pop()
        return Completion("done")

    async def logprobs(self, messages, options):
        raise NotImplementedError


async def test_equal_questions_at_once_cost_one_call(tmp_path):
    slow = Slow()
    model = Cached(slow, tmp_path / "c.db")
    answers = await asyncio.gather(*(model.generate(TALK, Settings()) for _ in range(20)))
    assert {answer.text for answer in answers} == {"done"}
    assert slow.calls == 1


async def test_when_the_one_who_asked_is_cancelled_another_asks(tmp_path):
    slow = Slow()
    model = Cached(slow, tmp_path / "c.db")
    first = asyncio.create_task(model.generate(TALK, Settings()))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(model.generate(TALK, Settings()))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).text == "done"
    assert slow.calls == 2


async def test_a_failure_reaches_everybody_who_waited_for_it(tmp_path):
    slow = Slow(RateLimited("no"))
    model = Cached(slow, tmp_path / "c.db")
    results = await asyncio.gather(*(model.generate(TALK, Settings()) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RateLimited] * 3
    assert slow.calls == 1


async def test_a_stream_heard_to_its_end_is_remembered_one_left_early_is_not(tmp_path):
    model = Cached(Scripted(["a b c", "d e f"]), tmp_path / "c.db")
    async for _ in model.stream(TALK, Settings()):
        break
    assert "".join([piece async for piece in model.stream(TALK, Settings())]) == "d e f"
    assert "".join([piece async for piece in model.stream(TALK, Settings())]) == "d e f"


@pytest.mark.parametrize("content", [b"not a database, only words", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_one_clear_line(tmp_path, content):
    (tmp_path / "c.db").write_bytes(content)
    with pytest.raises(FormatError, match="move it away"):
        Cached(Scripted(), tmp_path / "c.db")


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "c.db") as other:
        other.execute("CREATE TABLE notes (text)")
    other.close()
    with pytest.raises(FormatError, match="something else"):
        Cached(Scripted(), tmp_path / "c.db")


KILLED = """
import asyncio, os, signal, sys
from personae.models.cache import Cached
from personae.models.scripted import Scripted
from personae.types import Message, Settings
model = Cached(Scripted(lambda talk: talk[-1].content.upper()), sys.argv[1])
for number in range(int(sys.argv[2])):
    asyncio.run(model.generate((Message("user", f"q{number}"),), Settings()))
if sys.argv[3] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_kill_minus_nine_right_after_an_answer_loses_nothing(tmp_path):
    path = tmp_path / "c.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), "7", "kill"], timeout=60)
    assert done.returncode == -signal.SIGKILL
    model = Cached(Scripted(), path)
    assert [(await model.generate((Message("user", f"q{n}"),), Settings())).text for n in range(7)] == [
        f"Q{n}" for n in range(7)
    ]


def test_several_processes_share_one_file(tmp_path):
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "c.db"), "40", "end"]
    workers = [subprocess.Popen(arguments, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(worker.communicate(timeout=120)[1], worker.returncode) for worker in workers] == [(b"", 0)] * 4
