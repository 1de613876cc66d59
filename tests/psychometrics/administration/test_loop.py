"""The whole loop: every cell once, kept as it comes, and gone on with after a stop or a kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from personae.errors import ModelUnreachable, RunError, UsageError
from personae.models.scripted import Scripted
from personae.psychometrics.administration import ANSWER, Design, Respondent, administer
from personae.psychometrics.administration.folder import ABOUT, ROWS
from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.psychometrics.rows import read_rows
from personae.types import Completion, Message, Settings, Usage

PEOPLE = [Respondent(name, (Message("system", f"You are {name}."),)) for name in ("Ana", "Rui")]
TWO_WAYS = Design(orders=("forward", "reverse"))


def first_option(messages) -> str:
    """Whatever is asked, the option that stands first."""
    return next(line[2:] for line in messages[-1].content.splitlines() if line.startswith("- "))


async def test_rows_come_in_the_order_of_the_design_and_are_in_the_file(tmp_path, four):
    steps = []
    done = await administer(
        Scripted(lambda messages: "mostly"), PEOPLE, four, TWO_WAYS, out=tmp_path, progress=lambda *at: steps.append(at)
    )
    assert (done.planned, done.asked, done.kept, done.by_status) == (16, 16, 0, {"answered": 16})
    assert [row.item for row in done.rows[:4]] == ["e1", "e2", "a1", "a2"]
    assert [row.order for row in done.rows[:8]] == ["forward"] * 4 + ["reverse"] * 4
    assert sorted(read_rows(tmp_path / ROWS), key=lambda row: row.cell) == sorted(done.rows, key=lambda row: row.cell)
    assert steps[0] == (0, 16)
    assert steps[-1] == (16, 16)


async def test_who_always_takes_the_first_option_keeps_the_place_and_not_the_answer(four):
    done = await administer(Scripted(first_option), PEOPLE[:1], four, TWO_WAYS)
    assert {row.place for row in done.rows} == {0}
    assert Counter((row.order, row.answer) for row in done.rows) == {("forward", 1): 4, ("reverse", 5): 4}


async def test_a_run_that_is_over_asks_nothing_again(tmp_path, four):
    await administer(Scripted(lambda messages: "mostly"), PEOPLE, four, out=tmp_path)
    before = (tmp_path / ROWS).read_bytes()
    silent = Scripted()
    done = await administer(silent, PEOPLE, four, out=tmp_path)
    assert (done.asked, done.kept, len(done.rows)) == (0, 16, 16)
    assert silent.history == []
    assert (tmp_path / ROWS).read_bytes() == before


async def test_conditions_and_people_may_be_added_to_a_run(tmp_path, four):
    model = Scripted(lambda messages: "mostly")
    await administer(model, PEOPLE[:1], four, Design(orders=("forward",)), out=tmp_path)
    done = await administer(model, PEOPLE, four, TWO_WAYS, out=tmp_path)
    assert (done.asked, done.kept) == (12, 4)
    assert len({row.cell for row in read_rows(tmp_path / ROWS)}) == 16


async def test_a_model_that_breaks_down_stops_the_run_and_the_rows_are_kept(tmp_path, four):
    answers = ["mostly"] * 5 + [ModelUnreachable("gone")]
    with pytest.raises(ModelUnreachable):
        await administer(Scripted(answers), PEOPLE, four, TWO_WAYS, out=tmp_path, limit=1)
    assert len(list(read_rows(tmp_path / ROWS))) == 5
    model = Scripted(lambda messages: "mostly")
    done = await administer(model, PEOPLE, four, TWO_WAYS, out=tmp_path)
    assert (done.asked, done.kept, len(model.history)) == (11, 5, 11)


async def test_a_run_that_is_cancelled_goes_on_with_no_row_twice(tmp_path, four):
    class Slow(Scripted):
        async def generate(self, messages, settings):
            await asyncio.sleep(0.01)
            return await super().generate(messages, settings)

    model = Slow(lambda messages: "mostly")
    work = asyncio.create_task(administer(model, PEOPLE, four, TWO_WAYS, out=tmp_path, limit=3))
    while not (tmp_path / ROWS).exists() or (tmp_path / ROWS).read_bytes().count(b"\n") < 4:
        await asyncio.sleep(0.002)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    there = len(list(read_rows(tmp_path / ROWS)))
    done = await administer(model, PEOPLE, four, TWO_WAYS, out=tmp_path)
    assert (done.kept, done.asked) == (there, 16 - there)
    cells = [row.cell for row in read_rows(tmp_path / ROWS)]
    assert len(cells) == len(set(cells)) == 16


KILLED = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # heard as in a terminal
from personae.models.scripted import Scripted
from personae.psychometrics.administration import Respondent, administer
from personae.psychometrics.library import load
class Slow(Scripted):
    async def generate(self, messages, settings):
        await asyncio.sleep(0.02)
        return await super().generate(messages, settings)
model, people = Slow(lambda m: "mostly true of me"), [Respondent("Ana")]
asyncio.run(administer(model, people, load("big-five-60"), out=sys.argv[1], limit=4))
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
async def test_a_process_that_is_killed_half_way_goes_on_with_no_row_twice(tmp_path, sign):
    from personae.psychometrics.library import load

    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stderr=subprocess.PIPE) as process:
        rows = tmp_path / ROWS
        end = time.monotonic() + 60
        while time.monotonic() < end and not (rows.exists() and rows.read_bytes().count(b"\n") >= 60):
            time.sleep(0.01)
        os.kill(process.pid, sign)
        process.wait(30)
    there = {row.cell for row in read_rows(rows)}
    assert 60 <= len(there) < 120
    model = Scripted(lambda messages: "mostly true of me")
    done = await administer(model, [Respondent("Ana")], load("big-five-60"), out=tmp_path)
    cells = [row.cell for row in read_rows(rows)]
    assert len(cells) == len(set(cells)) == 120
    assert (done.kept, len(model.history)) == (len(there), 120 - len(there))


async def test_a_row_that_was_cut_off_is_asked_again_and_nothing_is_glued_to_it(tmp_path, four):
    model = Scripted(lambda messages: "mostly")
    await administer(model, PEOPLE, four, out=tmp_path)
    data = (tmp_path / ROWS).read_bytes()
    (tmp_path / ROWS).write_bytes(data[:-40])
    done = await administer(model, PEOPLE, four, out=tmp_path)
    assert (done.asked, done.kept, len(done.rows)) == (1, 15, 16)
    assert len({row.cell for row in read_rows(tmp_path / ROWS)}) == 16


async def test_a_batch_that_was_half_written_is_put_again_and_only_missing_rows_are_added(tmp_path, four):
    design = Design(label_sets=("numbers",), orders=("forward",), mode="batch")
    model = Scripted(lambda messages: "(a) 1\n(b) 2\n(c) 3\n(d) 4")
    await administer(model, PEOPLE[:1], four, design, out=tmp_path)
    lines = (tmp_path / ROWS).read_bytes().splitlines(keepends=True)
    (tmp_path / ROWS).write_bytes(b"".join(lines[:2]))
    done = await administer(model, PEOPLE[:1], four, design, out=tmp_path)
    assert (done.planned, done.asked) == (1, 1)
    assert [row.item for row in read_rows(tmp_path / ROWS)] == ["e1", "e2", "a1", "a2"]


async def test_a_reply_with_half_a_character_can_be_kept_and_read_again(tmp_path, four):
    await administer(Scripted(lambda messages: "mostly \ud83d\n\u2028\0"), PEOPLE[:1], four, out=tmp_path)
    done = await administer(Scripted(), PEOPLE[:1], four, out=tmp_path)
    assert (done.kept, done.by_status) == (8, {"answered": 8})


async def test_failed_rows_are_asked_again_only_when_wished(tmp_path, four):
    from personae.errors import BadResponse

    design = Design(orders=("forward",))
    answers = [BadResponse("an HTML page"), "fully", "fully", "fully"]
    done = await administer(Scripted(answers), PEOPLE[:1], four, design, out=tmp_path, limit=1)
    assert done.by_status == {"answered": 3, "failed": 1}
    assert (await administer(Scripted(), PEOPLE[:1], four, design, out=tmp_path)).asked == 0
    done = await administer(Scripted(["fully"]), PEOPLE[:1], four, design, out=tmp_path, again=True)
    assert (done.asked, done.by_status) == (1, {"answered": 4})


@pytest.mark.parametrize(
    ("change", "named"),
    [("instrument", "instrument 'four'"), ("persona", "respondent 'Ana'"), ("settings", "setting 'temperature'")],
)
async def test_a_folder_with_another_run_is_not_continued(tmp_path, four, change, named):
    model = Scripted(lambda messages: "mostly")
    await administer(model, PEOPLE, four, out=tmp_path)
    other = Instrument("four", (*four.items[:3], Item("a2", "I forgive.", "A")), four.response, four.licence)
    people = [Respondent("Ana", (Message("system", "You are Ana, a smith."),))]
    with pytest.raises(RunError, match=named):
        await administer(
            model,
            people if change == "persona" else PEOPLE,
            other if change == "instrument" else four,
            settings=Settings(temperature=0.9) if change == "settings" else ANSWER,
            out=tmp_path,
        )


async def test_at_most_the_limit_is_in_flight_and_nearly_all_of_it_is_used(four):
    class Watched(Scripted):
        now = most = 0
        seen: list[int] = []  # noqa: RUF012

        async def generate(self, messages, settings):
            self.now += 1
            self.seen.append(self.now)
            await asyncio.sleep(0.001)
            self.now -= 1
            return await super().generate(messages, settings)

    items = tuple(Item(f"i{n}", f"I count to {n}.", "E") for n in range(200))
    model = Watched(lambda messages: "yes")
    await administer(model, PEOPLE[:1], Instrument("many", items, Response(("no", "yes")), Licence("MIT")), limit=20)
    assert max(model.seen) == 20
    assert sum(count >= 19 for count in model.seen) > 0.9 * len(model.seen)


async def test_what_was_spent_is_counted_for_this_session_alone(tmp_path, four):
    class Priced(Scripted):
        async def generate(self, messages, settings):
            return Completion("mostly", Usage(100, 2, seconds=0.5))

    done = await administer(Priced(), PEOPLE, four, out=tmp_path)
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (1_600, 32)
    assert sum(row.tokens for row in done.rows) == 1_632
    assert (await administer(Priced(), PEOPLE, four, out=tmp_path)).usage == Usage()


async def test_ten_thousand_rows_are_resumed_in_no_time(tmp_path):
    items = tuple(Item(f"i{n}", f"I count to {n}.", "E") for n in range(500))
    many = Instrument("many", items, Response(("no", "yes")), Licence("MIT"))
    design = Design(("consider", "form", "aloud", "page", "picture"), orders=("forward", "reverse"))
    people = [Respondent(f"p{n}") for n in range(2)]
    await administer(Scripted(lambda messages: "yes"), people, many, design, out=tmp_path)
    start = time.process_time()
    done = await administer(Scripted(), people, many, design, out=tmp_path)
    assert (done.kept, done.asked) == (10_000, 0)
    assert time.process_time() - start < 5


async def test_a_limit_below_one_is_an_error(four):
    with pytest.raises(UsageError, match="limit 0"):
        await administer(Scripted(), PEOPLE, four, limit=0)


async def test_the_folder_says_what_it_is_about(tmp_path, four):
    await administer(Scripted(lambda messages: "mostly"), PEOPLE, four, out=tmp_path)
    about = json.loads((tmp_path / ABOUT).read_text("utf-8"))
    assert about["instruments"]["four"]["sha256"] == four.sha256
    assert set(about["respondents"]) == {"Ana", "Rui"}
