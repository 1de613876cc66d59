"""The ledger: who cost what, by hand arithmetic."""

from __future__ import annotations

import pytest

from personae.errors import FormatError, RateLimited
from personae.models.cache import Cached
from personae.models.ledger import Entry, Ledger, Metered, Prices
from personae.models.scripted import Scripted
from personae.types import Completion, Message, Settings, Usage


def talk(text):
    return (Message("system", "x" * 90), Message("user", text))


async def test_tokens_are_summed_for_each_persona():
    ledger = Ledger()
    model = Metered(Scripted([Completion("a", Usage(10, 5, 2, 1.0)), Completion("b", Usage(20, 7))]), ledger, who="Ana")
    await model.generate(talk("one"), Settings())
    await model.on_account_of("Rui").generate(talk("two"), Settings())
    assert ledger.summary()["Ana"].usage == Usage(10, 5, 2, 1.0)
    assert ledger.summary()["Rui"].usage.completion_tokens == 7
    assert (ledger.total().calls, ledger.total().usage.prompt_tokens) == (2, 30)


async def test_the_shared_prefix_is_counted_against_the_same_personas_previous_prompt():
    ledger = Ledger()
    model = Metered(Scripted([Completion("a", Usage(100, 1)) for _ in range(3)]), ledger, who="Ana")
    await model.generate((Message("user", "a" * 94),), Settings())
    assert ledger.entries[0].prefix_tokens == 0
    await model.generate((Message("user", "a" * 44 + "b" * 50),), Settings())
    assert ledger.entries[1].prefix_tokens == 49  # "user", a separator and 44 letters of 100 characters
    await model.on_account_of("Rui").generate((Message("user", "a" * 94),), Settings())
    assert ledger.entries[2].prefix_tokens == 0


async def test_failures_are_counted_by_kind_and_raised():
    ledger = Ledger()
    model = Metered(Scripted([RateLimited("no"), "yes"]), ledger)
    with pytest.raises(RateLimited):
        await model.generate(talk("one"), Settings())
    await model.generate(talk("one"), Settings())
    assert ledger.total().failures == {"RateLimited": 1}
    assert ledger.total().calls == 2


async def test_answers_from_a_cache_cost_nothing_and_are_counted_apart(tmp_path):
    ledger = Ledger(prices=Prices(input=1e6, output=1e6))
    model = Metered(Cached(Scripted([Completion("a", Usage(2, 1))]), tmp_path / "c.db"), ledger)
    for _ in range(3):
        await model.generate(talk("one"), Settings())
    total = ledger.total()
    assert (total.calls, total.hits, total.money) == (1, 2, 3.0)


def test_cached_tokens_have_their_own_price():
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=100_000, cached_tokens=400_000)
    assert Prices(input=2.0, output=10.0, cached_input=0.5).cost(usage) == pytest.approx(1.2 + 0.2 + 1.0)


def test_a_ledger_goes_on_where_its_file_ends_even_after_a_crash_in_a_line(tmp_path):
    path = tmp_path / "ledger.jsonl"
    first = Ledger(path)
    first.add(Entry("Ana", "m", "generate", Usage(1, 2)))
    with path.open("a") as file:
        file.write('{"who":"A')
    second = Ledger(path)
    assert second.entries == first.entries
    second.add(Entry("Ana", "m", "generate", Usage(3, 4)))
    assert Ledger(path).total().usage == Usage(4, 6)


@pytest.mark.parametrize("content", ["hello\nworld\n", "hello", '{"name": 1}'])
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path, content):
    (tmp_path / "ledger.jsonl").write_text(content)
    with pytest.raises(FormatError, match="line 1"):
        Ledger(tmp_path / "ledger.jsonl")
    assert (tmp_path / "ledger.jsonl").read_text() == content


async def test_a_model_that_mixes_worlds_still_does_behind_a_cache_and_a_ledger(tmp_path):
    class Mixing(Scripted):
        async def step_worlds(self, prompts, mix, settings):
            return Completion(f"{len(prompts)} worlds", Usage(7, 2))

    ledger, cached = Ledger(), Cached(Mixing(["plain"]), tmp_path / "cache.db")
    model = Metered(cached, ledger, "Ana")
    prompts = [[Message("user", "Hello")]] * 2
    texts = [(await model.step_worlds(prompts, None, Settings())).text for _ in range(2)]
    assert texts == ["2 worlds", "2 worlds"]
    assert (cached.stats.hits, cached.stats.misses) == (0, 2)
    assert (ledger.total().calls, ledger.total().hits, ledger.total().usage.prompt_tokens) == (2, 0, 14)
    assert ledger.entries[0].kind == "step_worlds"
    assert not hasattr(Metered(Cached(Scripted(["plain"]), tmp_path / "cache.db"), ledger), "step_worlds")
