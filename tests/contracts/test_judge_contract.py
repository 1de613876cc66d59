"""What every judge promises, whatever it asks and however often."""

from __future__ import annotations

import asyncio
import json
import math

import pytest
from contracts.judges import JUDGES

from personae.errors import AuthenticationFailed, BadResponse, ContextOverflow, ModelUnreachable, UsageError
from personae.judges.roles import REASONS, Verdict
from personae.judges.summary import judge_all
from personae.models import Cached, Scripted
from personae.types import Completion


@pytest.fixture(params=JUDGES)
def kind(request):
    return request.param


async def test_a_readable_answer_is_a_value_with_its_text_and_its_calls(kind):
    judge = kind.make(Scripted(kind.says))
    verdict = await judge(kind.item)
    assert math.isfinite(verdict.value)
    assert verdict.reason is None
    assert verdict.judge == judge.name
    assert judge.name
    assert verdict.outcomes == ("answered",) * kind.calls
    assert len(verdict.raw) == verdict.calls == kind.calls
    assert all(verdict.raw)


async def test_its_verdict_is_plain_json_data(kind):
    verdict = await kind.make(Scripted(kind.says))(kind.item)
    assert json.loads(json.dumps(verdict.to_dict()))["value"] == verdict.value


async def test_an_item_with_nothing_to_judge_is_refused_before_any_call(kind):
    model = Scripted(kind.says)
    with pytest.raises(UsageError):
        await kind.make(model)(kind.empty)
    assert model.history == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Lovely, I liked it.", "unparsed"),
        ("I'm sorry, but I can't help with that.", "refused"),
        (Completion("", stop="refusal"), "refused"),
        ("  \n", "empty"),
        (Completion("On the one hand,", stop="length"), "truncated"),
        (BadResponse("half an answer"), "failed"),
        (ContextOverflow("too long"), "failed"),
    ],
)
async def test_every_way_to_fail_keeps_its_name_and_is_no_number(kind, answer, reason):
    verdict = await kind.make(Scripted([answer] * 8))(kind.item)
    assert (verdict.value, verdict.reason) == (None, reason)
    assert reason in REASONS
    assert verdict.why
    assert set(verdict.outcomes) == {reason}
    assert len(verdict.raw) == verdict.calls


async def test_an_unreadable_answer_is_asked_for_once_more_with_the_error_in_view(kind):
    failed: set[str] = set()

    def at_second_try(messages):
        if len(messages) > 2:
            return kind.says(messages)
        failed.add(messages[-1].content)
        return "Hm."

    model = Scripted(at_second_try)
    verdict = await kind.make(model)(kind.item)
    assert verdict.value == (await kind.make(Scripted(kind.says))(kind.item)).value
    assert sorted(verdict.outcomes) == ["answered"] * kind.calls + ["unparsed"] * kind.calls
    again = [call.messages for call in model.history if len(call.messages) > 2]
    assert all(messages[-2].content == "Hm." and "could not be used" in messages[-1].content for messages in again)


async def test_what_would_meet_every_item_is_raised(kind):
    def closed(messages):
        raise AuthenticationFailed("bad key")

    with pytest.raises(AuthenticationFailed):
        await kind.make(Scripted(closed))(kind.item)


async def test_many_items_at_once_get_the_verdicts_they_get_one_by_one(kind):
    class Slow(Scripted):
        async def generate(self, messages, settings):
            await asyncio.sleep(0.001 * (len(messages[1].content) % 7))
            return await super().generate(messages, settings)

    items = [kind.variant(10**number) for number in range(6)]
    judge = kind.make(Slow(kind.says))
    assert await judge_all(judge, items, limit=4) == [await judge(item) for item in items]


async def test_a_second_run_over_a_cache_asks_nothing(kind, tmp_path):
    first, second = Scripted(kind.says), Scripted(kind.says)
    items = [kind.variant(number) for number in range(3)]
    verdicts = await judge_all(kind.make(Cached(first, tmp_path / "answers.db")), items)
    assert len(first.history) == 3 * kind.calls
    assert await judge_all(kind.make(Cached(second, tmp_path / "answers.db")), items) == verdicts
    assert second.history == []


async def test_a_run_that_broke_off_goes_on_where_it_was(kind, tmp_path):
    class Breaking(Scripted):
        async def generate(self, messages, settings):
            if len(self.history) == kind.calls:
                raise ModelUnreachable("no route")
            return await super().generate(messages, settings)

    items = [kind.variant(number) for number in range(3)]
    broken = await judge_all(kind.make(Cached(Breaking(kind.says), tmp_path / "answers.db")), items, limit=1)
    assert [verdict.reason for verdict in broken] == [None, "failed", "failed"]
    model = Scripted(kind.says)
    verdicts = await judge_all(kind.make(Cached(model, tmp_path / "answers.db")), items)
    assert all(isinstance(verdict, Verdict) and verdict.reason is None for verdict in verdicts)
    assert len(model.history) == 2 * kind.calls


async def test_after_a_refused_key_nothing_more_is_asked(kind):
    asked = []

    class Closed(Scripted):
        async def generate(self, messages, settings):
            asked.append(messages)
            raise AuthenticationFailed("bad key")

    verdicts = await judge_all(kind.make(Closed()), [kind.variant(n) for n in range(9)], limit=1)
    assert {verdict.reason for verdict in verdicts} == {"failed"}
    assert len(asked) <= kind.calls
