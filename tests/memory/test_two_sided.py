"""Two stores of facts: contradiction first, then sameness, each side by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from personae.errors import UsageError
from personae.memory.facts import Fact
from personae.memory.two_sided import TwoSided
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.scripted import Scripted

PORTO = Fact("1", "I live in Porto.", "extracted", ("t1",))
FARO = Fact("2", "I live in Faro.", "extracted", ("t2",))
DOG = Fact("3", "I have a dog.", "extracted", ("t3",))
CLASH = ScriptedPairs({(FARO.text, PORTO.text): (0.9, 0.1, 0.0)})


class Planar:
    """Texts as angles in degrees."""

    name = "planar"

    def __init__(self, **angles: float) -> None:
        self.angles = angles

    def embed(self, texts: Sequence[str]) -> Any:
        turned = [np.deg2rad(next((a for word, a in self.angles.items() if word in text), 90.0)) for text in texts]
        return np.array([[np.cos(a), np.sin(a)] for a in turned], dtype=np.float32)


async def stores_of(*facts: Fact, scorer: ScriptedPairs = CLASH, **angles: float) -> tuple[TwoSided, list[str]]:
    stores, actions = TwoSided(), []
    for fact in facts:
        done = await stores.write("user", fact, Planar(**angles), scorer)
        stores = done.stores
        actions.append(done.action)
    return stores, actions


async def test_a_contradiction_is_looked_for_before_nearness() -> None:
    stores, actions = await stores_of(PORTO, FARO, Porto=0, Faro=5)  # cosine .996
    assert actions == ["appended", "superseded"]
    assert [fact.text for fact in stores.active("user")] == ["I live in Faro."]
    assert stores.user[0].superseded_by == ("2",)
    assert stores.user[1].replaces == ("1",)


async def test_from_a_cosine_of_point_nine_a_fact_replaces_and_below_it_is_appended() -> None:
    calm = ScriptedPairs()
    assert (await stores_of(PORTO, DOG, scorer=calm, Porto=0, dog=25))[1] == ["appended", "replaced"]  # cos .906
    assert (await stores_of(PORTO, DOG, scorer=calm, Porto=0, dog=27))[1] == ["appended", "appended"]  # cos .891


async def test_writing_twice_is_idempotent_and_adds_the_source() -> None:
    stores, actions = await stores_of(PORTO, Fact("9", "I live in  PORTO", "extracted", ("t9",)))
    assert actions == ["appended", "known"]
    assert [(fact.id, fact.sources) for fact in stores.user] == [("1", ("t1", "t9"))]


async def test_what_the_persona_says_never_gets_into_the_users_store() -> None:
    stores, _ = await stores_of(PORTO)
    done = await stores.write("persona", FARO, Planar(), CLASH)
    assert done.stores.user == stores.user
    assert [fact.id for fact in done.stores.persona] == ["2"]


async def test_a_stated_fact_does_not_make_way_for_an_expansion() -> None:
    guess = Fact("2", FARO.text, "expanded")
    stores, actions = await stores_of(PORTO, guess)
    assert actions[-1] == "given_wins"
    assert [fact.id for fact in stores.active("user")] == ["1"]
    assert len(stores.user) == 2


async def test_reading_gives_the_best_five_above_the_floor() -> None:
    facts = [Fact(str(at), f"I keep number{at}x.", "extracted") for at in range(8)]
    angles = {f"number{at}x": 10.0 * at for at in range(8)} | {"Question": 0.0}
    stores, _ = await stores_of(*facts, scorer=ScriptedPairs(), **angles)
    found = stores.read("user", "Question?", Planar(**angles), k=5)
    assert [one.fact.id for one in found] == [fact.id for fact in stores.active("user")][:5]
    far = Planar(Question=0.0, number=80.0)  # cosine .174
    assert stores.read("user", "Question?", far) == ()


async def test_shared_words_lift_a_fact() -> None:
    stores, _ = await stores_of(PORTO, DOG, scorer=ScriptedPairs(), Porto=0, dog=40)
    found = stores.read("user", "Is your dog well", Planar(Porto=0, dog=30))
    assert found[0].fact.id == "3"


async def test_forgetting_a_turn_revives_what_it_had_superseded() -> None:
    stores, _ = await stores_of(PORTO, FARO)
    left = stores.without({"t2"})
    assert [fact.text for fact in left.active("user")] == ["I live in Porto."]
    assert "Faro" not in repr(left)


async def test_senseless_calls_are_refused() -> None:
    stores, _ = await stores_of(PORTO)
    with pytest.raises(UsageError, match="used twice"):
        await stores.write("user", Fact("1", "I swim."), Planar(), CLASH)
    with pytest.raises(UsageError, match="unknown side"):
        stores.active("both")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least 1"):
        stores.read("user", "dog", Planar(), k=0)


@pytest.mark.parametrize(
    ("answer", "action", "active"),
    [
        ("[Resolution] I moved from Porto to Faro.", "resolved", ["I moved from Porto to Faro."]),
        (
            "[Disambiguation]\nI work in Porto.\nI sleep in Faro.",
            "disambiguated",
            ["I work in Porto.", "I sleep in Faro."],
        ),
        ("[NO_CONFLICT]", "no_conflict", [PORTO.text, FARO.text]),
        ("Hm.", "kept", [PORTO.text, FARO.text]),
    ],
)
async def test_contradictions_of_one_side_are_settled_by_a_model(answer: str, action: str, active: list[str]) -> None:
    stores = TwoSided((PORTO, FARO, DOG), (FARO,))
    after, done = await stores.refined("user", CLASH, Scripted([answer]))
    assert [decision.action for decision in done.decisions] == [action]
    assert {fact.text for fact in after.active("user")} == {*active, DOG.text}
    assert after.persona == (FARO,)
    again, nothing = await after.refined("user", CLASH, Scripted())
    assert (again, nothing.calls) == (after, 0)


async def test_a_stated_fact_wins_over_an_expansion_that_came_by_another_way() -> None:
    stores = TwoSided(persona=(PORTO, dataclasses.replace(FARO, origin="expanded")))
    after, done = await stores.refined("persona", CLASH, Scripted())
    assert [decision.action for decision in done.decisions] == ["given_wins"]
    assert [fact.text for fact in after.active("persona")] == [PORTO.text]
