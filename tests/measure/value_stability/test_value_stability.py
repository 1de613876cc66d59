"""Models whose values are theirs, or the part's, or chance; and what a file of items may look like."""

from __future__ import annotations

import json
import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.value_stability import Items, ValueStability, random_people, read_items
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, OptionScores

ANA = Persona(name="Ana", statements=[{"id": "w", "text": "I mend nets."}])
LABELS = read_items().scale


def normal(*key):
    return random.Random("/".join(map(str, key))).gauss(0, 1)


def answering(own, noise=0.0, shared=1.0):
    """Rates each item by `shared`·(the item's) + `own`·(the person's) + `noise`·(chance), on the scale as it stands."""
    chance = random.Random(0)

    def scores(messages, options):
        who = re.search(r"You are ([^.]*\.){6}", messages[0].content.replace("\n", " "))[0]
        item = messages[-1].content
        latent = 2.5 + 0.4 * (shared * normal(item) + own * normal(who, item) + noise * chance.gauss(0, 1))
        listed = re.findall(r"^([A-Z])\. (.*)$", messages[-3].content, re.MULTILINE)
        points = {letter: len(LABELS) - LABELS.index(label) for letter, label in listed}
        weights = [max(1e-9, 1 - abs(points[letter] - min(4.0, max(1.0, latent)))) for letter in options]
        return [math.log(weight / sum(weights)) for weight in weights]

    return Scripted(option_scores=scores)


async def measured(model, people=30, repeats=3, persona=ANA, **options):
    measure = ValueStability(people=people, repeats=repeats, **options)
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, observations)}, observations


async def test_a_model_that_answers_for_itself_has_an_inertia_near_one_and_its_control_near_zero():
    found, _ = await measured(answering(own=0.1))
    assert found["value_stability"].value > 0.95
    assert found["value_stability"].low > 0.9
    assert found["value_stability.reliability"].value > 0.95
    assert found["value_stability.ranking"].value > 0.9
    assert found["value_stability.shuffled"].value < 0.1
    assert found["value_stability.itself"].value > 0.9


async def test_a_model_that_answers_for_its_part_has_an_inertia_near_zero():
    found, _ = await measured(answering(own=1.0, shared=0.0))
    assert found["value_stability"].value < 0.1
    assert abs(found["value_stability.ranking"].value) < 0.2


@pytest.mark.parametrize("own", [0.5, 1.0])
async def test_in_between_the_share_that_was_put_in_comes_out(own):
    found, _ = await measured(answering(own=own, noise=0.3), people=60)
    items = read_items().items
    means = [normal(item.text) for item in items]
    mean = sum(means) / len(means)
    variance = sum((value - mean) ** 2 for value in means) / (len(means) - 1)
    assert found["value_stability"].value == pytest.approx(variance / (variance + own**2), abs=0.12)


async def test_answers_by_chance_get_no_verdict():
    found, _ = await measured(answering(own=0.0, shared=0.0, noise=1.0))
    assert found["value_stability"].value is None
    assert "no verdict" in found["value_stability"].reason
    assert found["value_stability.reliability"].value < 0.5


async def test_the_place_of_a_label_does_not_matter_when_it_is_read():
    _, first = await measured(answering(own=1.0), people=2, repeats=2)
    _, second = await measured(answering(own=1.0), people=2, repeats=2, seed=0)
    rows = first[1].data["points"]
    assert rows == second[1].data["points"]
    assert rows[0] == pytest.approx(rows[1])


async def test_a_taste_for_the_first_letter_is_noise_and_gets_no_verdict():
    found, _ = await measured(Scripted(option_scores={"A": -0.1, "B": -3.0, "C": -3.0, "D": -3.0}))
    assert found["value_stability"].value is None


async def test_scale_and_person_stand_before_the_items_so_that_they_are_read_once():
    model = answering(own=1.0)
    await measured(model, people=2, repeats=2)
    heads = {call.messages[:-1] for call in model.history}
    assert len(model.history) == 3 * 2 * 21
    assert len(heads) == 3 * 2


class Speaking(Scripted):
    """Has no probabilities: it says a letter."""

    async def logprobs(self, messages, options):
        from personae.models.scoring import letters_prompt, parsed_scores
        from personae.types import Settings

        return parsed_scores(await self.generate(letters_prompt(messages, options), Settings()), options)


async def test_a_model_without_probabilities_is_asked_with_the_options_listed():
    def says(messages):
        item = messages[-1].content
        wanted = LABELS[2] if "adventure" in item or "small treats" in item else LABELS[0]
        return next(letter for letter, label in re.findall(r"^([A-Z])\. (.*)$", item, re.MULTILINE) if label == wanted)

    items = Items.model_validate(
        {"intro": "How like you?", "scale": LABELS, "items": [i.model_dump() for i in read_items().items[2:6]]}
    )

    def guarded(messages):
        return says(messages) if "How like you?" in messages[-1].content else "A"

    found, seen = await measured(Speaking(guarded), people=3, repeats=2, items=items)
    assert seen[1].data["method"] == "parsed"
    assert seen[1].data["points"][0] == [4.0, 2.0, 2.0, 4.0]
    assert found["value_stability"].value == pytest.approx(1.0)


async def test_people_who_do_not_answer_are_missing_and_too_many_of_them_are_too_many():
    class Refusing(Scripted):
        async def logprobs(self, messages, options):
            return OptionScores((-math.inf,) * len(options), (1,) * len(options), "parsed", "refused")

    found, _ = await measured(Refusing([Completion("no")]), people=2, repeats=2)
    assert "0 of 2 people" in found["value_stability"].reason
    assert found["value_stability"].missing == {"refused": 3}


def test_people_differ_and_more_of_them_begin_with_the_same():
    people = random_people(300, seed=4)
    assert len({tuple(s.text for s in person.statements) for person in people}) == 300
    assert random_people(10, seed=4) == people[:10]
    assert random_people(10, seed=5) != people[:10]


def test_our_items_are_twenty_one_over_ten_values():
    items = read_items()
    assert (len(items.items), len(items.values)) == (21, 10)
    assert min(sum(item.value == value for item in items.items) for value in items.values) == 2


GOOD = {
    "intro": "How true is this of you?",
    "scale": ["true", "false"],
    "items": [{"id": "a", "value": "calm", "text": "I sleep well."}, {"id": "b", "value": "calm", "text": "I fret."}],
}


def written(tmp_path, tree):
    path = tmp_path / "items.yaml"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree), encoding="utf-8")
    return path


def test_a_file_of_items_is_read_and_reversed_items_count_the_other_way(tmp_path):
    tree = GOOD | {"items": [GOOD["items"][0], GOOD["items"][1] | {"reversed": True}]}
    items = read_items(written(tmp_path, tree))
    assert [items.points(item) for item in items.items] == [(2, 1), (1, 2)]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({}, "intro: Field required"),
        (GOOD | {"scale": ["one"]}, "scale"),
        (GOOD | {"scale": ["one", "one"]}, "the same"),
        (GOOD | {"items": [GOOD["items"][0]] * 2}, "used twice"),
        (GOOD | {"colour": "red"}, "colour"),
        ("a: [", "cannot be read"),
        ("- 1", "holds no value items"),
        ("a: !!python/object/apply:os.system ['true']", "cannot be read"),
    ],
)
def test_other_files_are_refused_with_the_place(tmp_path, tree, said):
    with pytest.raises(FormatError, match=re.escape(said)):
        read_items(written(tmp_path, tree))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_items_or_an_error_of_one_line(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("items") / "items.yaml"
    path.write_bytes(text.encode("utf-8", "replace"))
    with pytest.raises(FormatError) as error:
        read_items(path)
    assert len(str(error.value).splitlines()) == 1


def test_one_person_or_one_repeat_has_no_variance():
    with pytest.raises(UsageError, match="2 or more"):
        ValueStability(people=1)
    with pytest.raises(UsageError, match="2 or more"):
        ValueStability(repeats=1)
