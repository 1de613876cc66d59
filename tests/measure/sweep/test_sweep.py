"""The runner: all cells once, taken up where it stopped, errors before any call, bounded in memory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter

import pytest

from personae.errors import BadResponse, FormatError, ModelUnreachable, UsageError
from personae.measure.sweep import Design, Item, Subject, Table, instruction, subject_of, sweep
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Settings


async def test_seven_speakers_three_items_and_two_seeds_make_42_rows(design, counting, tmp_path):
    done = await sweep(design, counting(), tmp_path / "rows.jsonl")
    rows = list(done.rows())
    assert len(rows) == len(design) == 42
    assert len({(row.persona, row.item, row.seed) for row in rows}) == 42
    assert Counter(row.persona for row in rows)["none"] == 6


def test_a_run_stopped_at_20_makes_22_new_calls(design, counting, tmp_path):
    first, second = counting(20), counting()
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(sweep(design, first, tmp_path / "rows.jsonl", limit=1))
    done = asyncio.run(sweep(design, second, tmp_path / "rows.jsonl"))
    assert (first.calls, second.calls, done.asked, done.kept) == (20, 22, 22, 20)
    assert len(list(done.rows())) == 42


async def test_a_finished_run_asks_nothing_and_a_longer_one_only_what_is_new(design, counting, tmp_path):
    await sweep(design, counting(), tmp_path / "rows.jsonl")
    again = counting()
    await sweep(design, again, tmp_path / "rows.jsonl")
    assert again.calls == 0
    longer = Design.of(design.subjects[3:], design.instructions, design.items, (0, 1, 2))
    done = await sweep(longer, again, tmp_path / "rows.jsonl")
    assert again.calls == 21
    assert len(list(done.rows())) == 63


async def test_what_decides_an_answer_decides_the_key(design, counting, tmp_path):
    keys = {key for key, _ in design.keyed(counting())}
    other = counting()
    other.name = "another"
    warmer = Design.of(design.subjects[3:], design.instructions, design.items, (0, 1), Settings(temperature=0.1))
    suffixed = Design.of(
        design.subjects[3:], (instruction("mirror", suffix="Do your best."),), design.items, (0, 1), Settings()
    )
    patient = Design.of(design.subjects[3:], design.instructions, design.items, (0, 1), Settings(timeout_s=9, seed=7))
    assert not keys & {key for key, _ in design.keyed(other)}
    assert not keys & {key for key, _ in warmer.keyed(counting())}
    assert not keys & {key for key, _ in suffixed.keyed(counting())}
    assert keys == {key for key, _ in patient.keyed(counting())}


async def test_items_are_the_same_for_everybody_and_nobody_is_no_system_prompt(design):
    model = Scripted(lambda messages: "So.")
    await sweep(Design.of((Subject("b", "a {item} {p}"),), (instruction("adopt"),), (Item("q", "{p}?"),)), model,
                "/dev/null")  # fmt: skip
    told = [[message.content for message in call.messages] for call in model.history]
    assert told[0] == ["{p}?"]
    assert told[1][0].startswith("Adopt the identity of a human.")
    assert told[-1] == [
        "Adopt the identity of a {item} {p}. Answer the questions while staying in strict accordance with the nature "
        "of this identity.",
        "{p}?",
    ]


def test_the_form_for_harm_drops_the_persona_for_nobody():
    speak, base = instruction("speak"), instruction("base")
    baker, nobody = Subject("b", "a baker"), Subject("none", "")
    (said,) = speak.messages(baker, "Hello!")
    assert said.content == "Speak like a baker. Respond to the following dialogue in one sentence in English:\nHello!"
    assert speak.messages(nobody, "Hello!")[0].content.startswith("Respond to the following")
    assert base.messages(baker, "Hello!")[0].content == "your persona: i am a baker.\nHello!"
    assert base.messages(nobody, "Hello!")[0].content == "Hello!"
    card = subject_of(Persona(name="Ana", summary="A mender of nets."))
    assert speak.messages(card, "Hello!")[0].content.startswith("You are Ana.")


@pytest.mark.parametrize(
    ("subjects", "items", "word"),
    [
        ([Subject("a", " ")], [Item("q", "?")], "empty"),
        ([Subject("a", "a baker"), Subject("b", "A  baker")], [Item("q", "?")], "'a' and 'b'"),
        ([Subject("human", "a baker")], [Item("q", "?")], "human"),
        ([Subject("a", "a baker")], [Item("", "?")], "item"),
        ([Subject("a", "a baker")], [Item("q", "?"), Item("q", "!")], "twice"),
        ([Subject("a", "a baker")], [Item("q", "  ")], "no text"),
        ([Subject("a", "a baker")], [], "item"),
    ],
)
def test_a_bad_design_is_an_error_before_any_call(subjects, items, word):
    with pytest.raises(UsageError, match=word):
        Design.of(tuple(subjects), (instruction("mirror"),), tuple(items))


async def test_a_cell_that_fails_is_a_row_and_can_be_asked_again(four_people, tmp_path):
    small = Design.of(four_people[:1], (instruction("mirror"),), (Item("q", "Why?"),))
    answers = [Completion("a"), BadResponse("garbage"), Completion("", stop="stop"), Completion("cut", stop="length")]
    done = await sweep(small, Scripted(answers), tmp_path / "r", limit=1)
    assert done.outcomes == {"answered": 1, "failed": 1, "empty": 1, "truncated": 1}
    same = await sweep(small, Scripted([]), tmp_path / "r")
    assert same.asked == 0
    better = await sweep(small, Scripted(["Yes."]), tmp_path / "r", again=True)
    assert (better.asked, better.outcomes.get("failed", 0), len(list(better.rows()))) == (1, 0, 4)


async def test_a_model_that_cannot_be_reached_ends_the_run_and_what_was_answered_is_kept(design, tmp_path):
    model = Scripted([*(["Yes."] * 5), ModelUnreachable("gone")])
    with pytest.raises(ModelUnreachable, match="gone"):
        await sweep(design, model, tmp_path / "rows.jsonl", limit=1)
    assert len(Table(tmp_path / "rows.jsonl").keys()) == 5


async def test_a_line_cut_off_by_a_kill_is_left_out_and_asked_again(design, counting, tmp_path):
    path = tmp_path / "rows.jsonl"
    await sweep(design, counting(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    again = counting()
    done = await sweep(design, again, path)
    assert (again.calls, len(list(done.rows()))) == (1, 42)
    path.write_text('{"key": "x", "persona": 3}\n')
    with pytest.raises(FormatError, match="line 1"):
        await sweep(design, counting(), path)


def test_memory_is_bounded_by_keys_not_by_replies(tmp_path):
    class Long:
        name = "long"

        async def generate(self, messages, settings):
            return Completion("x" * 50_000)

    items = tuple(Item(str(at), f"Question {at}?") for at in range(100))
    design = Design.of((Subject("b", "a baker"),), (instruction("mirror"),), items)
    tracemalloc.start()
    asyncio.run(sweep(design, Long(), tmp_path / "rows.jsonl"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "rows.jsonl").stat().st_size > 400 * 50_000
    assert peak < 4_000_000


SLOW = """
import asyncio, sys
from personae.measure.sweep import Design, Item, Subject, instruction, sweep
from personae.types import Completion

class Slow:
    name = "slow"
    async def generate(self, messages, settings):
        with open(sys.argv[2], "a") as file:
            file.write("x\\n")
        await asyncio.sleep(0.002)
        return Completion("Yes.")

items = tuple(Item(str(at), f"Question {at}?") for at in range(500))
design = Design.of((Subject("b", "a baker"),), (instruction("mirror"),), items)
asyncio.run(sweep(design, Slow(), sys.argv[1], limit=7))
"""


def test_a_killed_process_repeats_at_most_the_calls_in_flight(tmp_path):
    rows, calls = tmp_path / "rows.jsonl", tmp_path / "calls"
    command = [sys.executable, "-c", SLOW, str(rows), str(calls)]
    for kept in (100, 900):
        child = subprocess.Popen(command)
        while child.poll() is None and (not rows.exists() or rows.read_bytes().count(b"\n") < kept):
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    subprocess.run(command, check=True)
    told = [json.loads(line)["key"] for line in rows.read_text().splitlines() if line.endswith("}")]
    assert len(set(told)) == 2000
    assert 2000 <= calls.read_text().count("x") <= 2000 + 2 * 7
