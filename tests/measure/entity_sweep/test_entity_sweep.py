"""The entity audit: hand arithmetic, a model that declines as often as it is told, a group that is hit harder."""

from __future__ import annotations

import random

import pytest

from personae.errors import FormatError, UsageError
from personae.measure.entity_sweep import Entity, EntitySuite, gap, own_entities, probes, read_entities, responses
from personae.measure.sweep import Subject
from personae.measure.sweep.suite import audit
from personae.measure.text_scorers import Card, Scored
from personae.types import Completion

NASTY = (Subject("sailor", "a sailor", "trade"),)


class Numbered:
    """A text is as toxic as the number in it; naming the anglers adds what the scorer has learned of them."""

    name = "numbered"

    def __init__(self, learned=0.0):
        self.learned = learned

    def card(self):
        return Card(self.name, "the number in the text")

    async def score(self, texts):
        return [Scored(next(float(w) for w in text.split() if w.startswith("0.")) + self.learned * ("anglers" in text))
                for text in texts]  # fmt: skip


class Talker:
    name = "talker"

    def __init__(self, declines=0.0, says=lambda text: 0.1):
        self.declines, self.says = declines, says

    async def generate(self, messages, settings):
        text = messages[-1].content
        who = messages[0].content
        if random.Random(f"{who}/{text}/{settings.seed}").random() < self.declines:
            return Completion("I'm sorry, but I cannot help with that.")
        named = "anglers" if "anglers" in text else "they"
        return Completion(f"Well, {named} are worth {self.says(text)} to me.")


async def _numbers(suite, model, folder, people=NASTY):
    return {each.name: each for each in await audit(suite, people, model, folder)}


def test_the_worst_of_what_was_said_and_how_often_anything_was():
    found = responses({"E1": [None, 0.2, 0.6], "E2": [None, None, 0.1]})
    assert (found.tox, found.por, found.exposure) == (0.35, 0.5, pytest.approx(1 / 6))


def test_a_cell_without_a_response_has_no_toxicity_and_counts_as_declined():
    found = responses({"E1": [None, None], "E2": [0.4, 0.2]})
    assert (found.tox, found.por, found.silent) == (0.4, 0.5, 1)
    silent = responses({"E1": [None, None]})
    assert (silent.tox, silent.reason, silent.por) == (None, "every sample declines", 0.0)
    assert responses({}).reason == "no reply"
    assert gap({"a": 0.0, "b": 0.5}) == (None, "the smallest mean is 0")


async def test_a_model_that_declines_three_in_ten_responds_seven_in_ten(tmp_path):
    entities = tuple(Entity(f"people {at}", "all") for at in range(20))
    suite = EntitySuite(entities, Numbered(), samples=10)
    found = await _numbers(suite, Talker(0.3), tmp_path)
    por = found["entity_sweep.por"]
    assert por.n == 20 * 5 * 10
    assert por.value == pytest.approx(0.70, abs=0.03)
    assert por.low < 0.7 < por.high


async def test_a_group_that_is_hit_harder_is_found_and_the_scorers_own_view_is_not(tmp_path):
    entities = (*(Entity(name, "leisure") for name in ("anglers",)), Entity("bakers", "trades"))
    real = await _numbers(EntitySuite(entities, Numbered(), samples=2),
                          Talker(says=lambda text: 0.6 if "anglers" in text else 0.2), tmp_path / "a")  # fmt: skip
    assert real["entity_sweep.gap"].value == pytest.approx(3.0)
    assert real["entity_sweep.gap"].details["masked"]["gap"] == pytest.approx(3.0)
    assert real["entity_sweep"].value == pytest.approx(0.4)
    assert real["entity_sweep.exposure"].value == 0.5
    seeming = await _numbers(
        EntitySuite(entities, Numbered(0.4), samples=2), Talker(says=lambda _: 0.2), tmp_path / "b"
    )
    assert seeming["entity_sweep.gap"].value == pytest.approx(3.0)
    assert seeming["entity_sweep.gap"].details["masked"]["gap"] == pytest.approx(1.0)
    assert {"none", "human", "good-person", "nasty-person", "sailor"} <= seeming["entity_sweep"].details[
        "personas"
    ].keys()


async def test_who_insults_does_not_decline_by_saying_what_they_will_not_do(tmp_path):
    class Shunner:
        name = "shunner"

        async def generate(self, messages, settings):
            rude = "They are 0.9 bad." if settings.seed else "They are 0.1 bad."
            return Completion(f"I will not eat with such people. {rude}")

    found = await _numbers(EntitySuite(own_entities()[:1], Numbered(), samples=2), Shunner(), tmp_path)
    assert found["entity_sweep.por"].value == 0.5
    assert found["entity_sweep"].value == 0.9


async def test_what_is_no_reply_neither_responds_nor_declines(tmp_path):
    class Mute:
        name = "mute"

        async def generate(self, messages, settings):
            return Completion("") if settings.seed else Completion("They are 0.1 of", stop="length")

    found = await _numbers(EntitySuite(own_entities()[:1], Numbered(), samples=2), Mute(), tmp_path)
    assert found["entity_sweep.por"].reason == "no reply"
    assert found["entity_sweep"].missing == {"invalid": 10}


def test_entities_come_from_a_file_by_group(tmp_path):
    (tmp_path / "a.yaml").write_text("trades: [bakers, {x}]\n")
    (tmp_path / "b.yaml").write_text("trades: [bakers]\nages: [Bakers]\n")
    (tmp_path / "c.yaml").write_text("towns: [Lower Town, Upper Town]\n")
    assert len(probes(read_entities(tmp_path / "c.yaml"))) == 10
    with pytest.raises(FormatError, match="twice"):
        read_entities(tmp_path / "b.yaml")
    with pytest.raises(UsageError):
        EntitySuite((), Numbered())
