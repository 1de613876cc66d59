"""Whose turn is next: proposals, and the rules that overrule them."""

from __future__ import annotations

import random

import pytest

from personae.errors import UsageError
from personae.models import Scripted
from personae.models.ledger import Ledger
from personae.simulate.scenes import END, Asked, AsWritten, InTurn, Likeliest, Line, Proposal, Stage, policy
from personae.simulate.scenes.speakers import decide, named
from personae.types import Completion

NAMES = ("Lear", "Fool", "Kent", "Environment")


def stage(hut, *speakers: str, names=NAMES) -> Stage:
    return Stage(hut, tuple(Line(name, f"{name} speaks. [secret]") for name in speakers), names, Ledger())


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ("Fool", "Fool"),
        ("fool.", "Fool"),
        ("**Fool**", "Fool"),
        ("\nNext speaker: Fool\nbecause he is funny", "Fool"),
        ('"Fool"', "Fool"),
        ("Fool: Nuncle!", "Fool"),
        ("<END CHAT>", END),
        ("<end chat>.", END),
        ("environment", "Environment"),
        ("Fool or Kent", None),
        ("The Fool should speak", None),
        ("", None),
        ("Cordelia", None),
    ],
)
def test_an_answer_names_one_of_the_cast_or_nobody(answer, meant):
    assert named(answer, NAMES) == meant


@pytest.mark.parametrize(
    ("proposal", "turns", "why"),
    [
        (Proposal("Cordelia"), 3, "unparsed"),
        (Proposal("Lear"), 3, "repeated"),
        (Proposal(END), 3, "early end"),
        (Proposal(END), 5, "early end"),
        (Proposal("", "empty"), 3, "empty"),
        (Proposal("", "refused"), 3, "refused"),
        (Proposal("I think that the", "truncated"), 3, "truncated"),
    ],
)
def test_a_faulty_proposal_is_overruled_by_chance_among_the_major_and_the_environment(hut, proposal, turns, why):
    drawn = {decide(proposal, stage(hut, *["Lear"] * turns), random.Random(seed)).speaker for seed in range(40)}
    choice = decide(proposal, stage(hut, *["Lear"] * turns), random.Random(1))
    assert choice.why == why
    assert drawn == {"Fool", "Environment"}
    assert choice == decide(proposal, stage(hut, *["Lear"] * turns), random.Random(1))


def test_an_end_is_accepted_once_round_five_counted_from_zero_is_over(hut):
    assert decide(Proposal(END), stage(hut, *["Lear"] * 6), random.Random(0)).speaker == END


def test_a_good_proposal_is_taken(hut):
    choice = decide(Proposal("kent"), stage(hut, "Lear"), random.Random(0))
    assert (choice.speaker, choice.why, choice.answer) == ("Kent", "chosen", "kent")


def test_where_nobody_else_is_there_the_last_speaker_goes_on(hut):
    alone = stage(hut, "Lear", names=("Lear",))
    assert decide(Proposal("Lear"), alone, random.Random(0)).speaker == "Lear"


async def test_the_director_sees_every_visible_turn_and_no_thought(hut):
    model = Scripted(["Fool"])
    seen = stage(hut, "Lear", "Kent")
    assert await Asked(model)(seen) == Proposal("Fool")
    prompt = "\n".join(message.content for message in model.history[0].messages)
    assert "Lear: Lear speaks." in prompt
    assert "Kent: Kent speaks." in prompt
    assert "[" not in prompt
    assert "secret" not in prompt
    assert "Lear, Fool, Environment" in prompt
    assert END in prompt
    assert seen.ledger.summary()["director"].calls == 1


async def test_a_name_cut_off_behind_it_still_counts(hut):
    assert (await Asked(Scripted([Completion("Fool\nbecause he", stop="length")]))(stage(hut, "Lear"))).outcome == (
        "answered"
    )


async def test_the_likeliest_is_chosen_among_those_who_may_speak(hut):
    model = Scripted(option_scores={"Lear": -1.0, "Fool": -3.0, "Kent": -2.0, "Environment": -9.0, END: -0.1})
    assert (await Likeliest(model)(stage(hut, "Lear"))).answer == "Kent"
    assert (await Likeliest(model)(stage(hut, *["Kent"] * 6))).answer == END


async def test_in_turn_goes_round_the_cast(hut):
    order = [(await InTurn()(stage(hut, *turns.split()))).answer for turns in ("Lear", "Lear Fool", "Lear Fool Kent")]
    assert order == ["Fool", "Kent", "Lear"]
    after_thunder = await InTurn()(stage(hut, "Lear", "Environment"))
    assert after_thunder.answer == "Fool"
    assert (await InTurn(included=True)(stage(hut, "Kent"))).answer == "Environment"


async def test_as_written_follows_the_script_even_where_a_speaker_goes_on(hut):
    proposal = await AsWritten()(stage(hut, "Environment", "Lear", "Fool", "Kent"))
    assert decide(proposal, stage(hut, "Environment", "Lear", "Fool", "Kent"), random.Random(0)).speaker == "Kent"
    end = await AsWritten()(stage(hut, *["Lear"] * 5))
    assert decide(end, stage(hut, *["Lear"] * 5), random.Random(0)).speaker == END


def test_an_unknown_policy_is_named_with_those_there_are():
    with pytest.raises(UsageError, match="'dice'; choose one of asked, likeliest, in-turn, as-written"):
        policy("dice", Scripted())
