"""Roles play their poles, a blind reader finds them, and the control stays at one half."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from personae.errors import AuthenticationFailed, FormatError, ModelUnreachable, RunError, UsageError
from personae.measure.trait_recovery import positive, trait_recovery
from personae.models import Scripted
from personae.persona.parts import BIG_FIVE
from personae.persona.persona import Persona
from personae.simulate.trait_talks import (
    Dialogue,
    Line,
    Plan,
    Reader,
    Reading,
    Side,
    TraitTalk,
    bundled_roles,
    dealt,
    generate,
    generate_to,
    load_dialogues,
    outright,
    pole,
    poles,
    talk,
)
from personae.simulate.trait_talks.many import calls_of
from personae.types import Completion

ANA, RUI = Persona(name="Ana Paz"), Persona(name="Rui")
SIDES = (Side(ANA, pole("openness", "high")), Side(RUI, pole("extraversion", "low")))


def is_reader(messages) -> bool:
    return "Which of the two" in messages[0].content


def pole_word_stub(messages) -> str:
    """Speaks the name of its pole, and reads by looking for it."""
    text = messages[0].content
    if is_reader(messages):
        said = text.split("Which of the two")[0]
        first = re.search(r"A\. Somebody who (.*)\.", text)[1]
        shown = next(end for end in poles() if end.shows == first)
        return json.dumps({"answer": "A" if f" {shown.name}!" in said else "B"})
    shows = re.search(r"you are somebody who (.*?)\. Let", text)[1]
    return f"I am {next(end for end in poles() if end.shows == shows).name}!"


def reading(number: int, assigned: str, named: str | None, trait: str = "openness") -> Reading:
    return Reading(str(number), trait, assigned, named, "answered" if named else "unparsed")  # type: ignore[arg-type]


def dialogue(number: int, *readings: Reading, outcome: str = "answered") -> Dialogue:
    sides = ({"name": "a", "trait": "openness", "sign": "high", "pole": "x"},) * 2
    return Dialogue(f"t{number}", "tea", sides, (), readings, outcome)  # type: ignore[arg-type]


def test_there_are_ten_poles_with_words_of_their_own():
    assert len(poles()) == 10 == len({end.name for end in poles()}) == len({end.shows for end in poles()})
    assert [(end.trait, end.sign) for end in poles()[:2]] == [("openness", "high"), ("openness", "low")]
    with pytest.raises(UsageError, match="no pole 'high' of 'charm'"):
        pole("charm", "high")


async def test_a_role_is_told_its_pole_and_nothing_of_the_others():
    model = Scripted(["What if rain fell upwards?", "Hm."])
    await talk("t", SIDES, "rain", model, turns=2)
    first, second = (call.messages for call in model.history)
    assert SIDES[0].pole.shows in first[0].content
    assert SIDES[1].pole.shows not in first[0].content
    assert "Rui" in first[0].content
    assert "What if rain fell upwards?" in second[-1].content
    assert "rain" in second[0].content


async def test_what_the_persona_says_of_its_own_personality_is_left_out():
    shy = Persona(
        name="Ana Paz",
        personality={"description": "Terribly shy.", "big_five": {"extraversion": -1}},
        statements=[
            {"id": "1", "text": "I am shy.", "kind": "personality"},
            {"id": "2", "text": "I mend nets.", "kind": "work"},
        ],
    )
    model = Scripted(["Hello!", "Hm."])
    await talk("t", (Side(shy, pole("extraversion", "high")), SIDES[1]), "rain", model, turns=2)
    assert "shy" not in model.history[0].messages[0].content
    assert "mend nets" in model.history[0].messages[0].content


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("", "empty"),
        ("I'm sorry, but I can't help with that.", "refused"),
        (Completion("", stop="refusal"), "refused"),
    ],
)
async def test_a_talk_that_breaks_off_says_how(answer, outcome):
    said = await talk("t", SIDES, "rain", Scripted(["Well.", answer]), turns=4)
    assert (len(said.lines), said.outcome) == (1, outcome)


async def test_a_turn_that_was_cut_is_kept_and_marked():
    said = await talk("t", SIDES, "rain", Scripted([Completion("It rai", stop="length"), "Yes."]), turns=2)
    assert [line.cut for line in said.lines] == [True, False]


async def test_the_reader_sees_one_side_without_names():
    lines = (Line("Ana Paz", "Rui, my name is Ana Paz. {said}"), Line("Rui", "SECRET"))
    model = Scripted(['{"answer": "A"}'])
    found = await Reader(model)(TraitTalk("t", "rain", SIDES, lines), SIDES[0])
    text = model.history[0].messages[-1].content
    assert "SECRET" not in text
    assert "Ana" not in text
    assert "Rui" not in text
    assert "{said}" in text
    assert found.named == found.first


async def test_the_order_of_the_poles_is_chance():
    lines = (Line("Ana Paz", "Hm."),)
    firsts = [
        (await Reader(Scripted(['{"answer": "A"}']))(TraitTalk(f"t{i}", "r", SIDES, lines), SIDES[0])).first
        for i in range(40)
    ]
    assert 10 < firsts.count("high") < 30


async def test_a_reader_that_does_not_answer_leaves_no_reading():
    found = await Reader(Scripted(["Both!", "Both!"]))(TraitTalk("t", "r", SIDES, (Line("Rui", "Hm."),)), SIDES[1])
    assert (found.named, found.outcome, found.recovered) == (None, "unparsed", None)


def test_a_side_that_names_its_pole_is_noticed():
    lines = (Line("Ana Paz", "I am so open-minded."), Line("Rui", "Unreserved, that is me."))
    said = TraitTalk("t", "r", SIDES, lines)
    assert outright(said, "Ana Paz", SIDES[0].pole)
    assert not outright(said, "Rui", SIDES[1].pole)


def test_poles_are_dealt_evenly_and_roles_differ():
    hands = dealt(Plan(n=40, seed=2), bundled_roles())
    for side in (0, 1):
        counts = Counter((sides[side].pole.trait, sides[side].pole.sign) for _, sides, _ in hands)
        assert counts == dict.fromkeys([(trait, sign) for trait in BIG_FIVE for sign in ("high", "low")], 4)
    assert all(sides[0].name != sides[1].name for _, sides, _ in hands)
    assert hands == dealt(Plan(n=40, seed=2), bundled_roles()) != dealt(Plan(n=40, seed=3), bundled_roles())


async def test_a_pole_word_stub_is_recovered_every_time_and_noticed():
    dialogues = await generate(Plan(n=50, turns=2), Scripted(pole_word_stub))
    numbers = {m.name: m for m in trait_recovery(dialogues)}
    assert numbers["trait_recovery"].value == numbers["trait_recovery.kept"].value == 1.0
    assert numbers["trait_recovery"].details["outright"] == 100
    assert numbers["trait_recovery.gap"].value == 0.0
    assert {row["value"] for row in numbers["trait_recovery"].details["by_pole"].values()} == {1.0}


@pytest.mark.parametrize("seed", range(5))
async def test_with_shuffled_labels_success_is_one_half(seed):
    dialogues = await generate(Plan(n=100, turns=2, seed=seed), Scripted(pole_word_stub))
    control = trait_recovery(dialogues, seed=seed)[3]
    assert control.n == 200
    assert control.low <= 0.5 <= control.high
    assert control.details["chance"] == 0.5


def test_shuffled_labels_scatter_as_counts_do():
    """With 2m sides, m of each sign, and a perfect reader: hits = 2·hypergeometric, variance 1/(4(2m − 1))."""
    rows = [dialogue(i, reading(i, "high" if i % 2 else "low", "high" if i % 2 else "low")) for i in range(200)]
    control = trait_recovery(rows)[3]
    assert control.value == pytest.approx(0.5, abs=0.005)
    assert control.high - control.low == pytest.approx(2 * 1.96 * (1 / (4 * 199)) ** 0.5, abs=0.02)
    assert control.details["p"] < 0.002


def test_a_reader_that_always_says_high_succeeds_with_highs_only():
    rows = [dialogue(i, reading(i, "high" if i % 2 else "low", "high")) for i in range(40)]
    first, _, gap, control = trait_recovery(rows)
    assert (first.value, gap.value, control.value) == (0.5, 1.0, 0.5)
    assert control.details["p"] == 1.0
    assert first.details["said_high"] == 1.0


def test_the_gap_has_newcombes_interval():
    # Newcombe (1998), table II, row (a) method 10: 56/70 against 48/80: .2, [.0524, .3339]
    rows = [dialogue(i, reading(i, "high", "high" if i < 56 else "low")) for i in range(70)]
    rows += [dialogue(100 + i, reading(i, "low", "low" if i < 48 else "high")) for i in range(80)]
    gap = trait_recovery(rows)[2]
    assert gap.value == pytest.approx(0.2)
    assert (gap.low, gap.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))


def test_calm_is_the_positive_pole_of_neuroticism():
    assert positive(reading(1, "low", "low", "neuroticism"))
    assert not positive(reading(1, "high", "low", "neuroticism"))
    assert positive(reading(1, "high", "low"))


def test_sides_that_were_not_read_are_missing_by_outcome():
    rows = [dialogue(i, reading(i, "high", "high"), reading(i, "low", "low")) for i in range(30)]
    rows += [dialogue(90, outcome="refused"), dialogue(91, reading(1, "high", None), reading(2, "low", "low"))]
    first, kept, *_ = trait_recovery(rows)
    assert (first.n, first.missing) == (61, {"refused": 2, "unparsed": 1})
    assert (kept.n, kept.missing) == (30, {"refused": 1, "unread": 1})


def test_with_too_much_missing_there_is_no_value():
    rows = [dialogue(i, reading(i, "high", "high"), reading(i, "low", "low")) for i in range(3)]
    rows += [dialogue(9, outcome="empty")]
    assert trait_recovery(rows)[0].value is None
    assert all(m.value is None for m in trait_recovery([]))


async def test_talks_are_written_once_and_read_again(tmp_path):
    out, model = tmp_path / "talks.jsonl", Scripted(pole_word_stub)
    plan = Plan(n=4, turns=2)
    dialogues = await generate_to(out, plan, model)
    lines = out.read_text().splitlines()
    assert len(lines) == 4
    assert {json.loads(line)["kept"] for line in lines} == {True}
    assert not calls_of(out).exists()
    paid = len(model.history)
    assert await generate_to(out, plan, model) == dialogues == load_dialogues(out)
    assert len(model.history) == paid
    with pytest.raises(RunError, match="other talks"):
        await generate_to(out, Plan(n=5, turns=2), model)


async def test_a_run_that_failed_goes_on_without_paying_twice(tmp_path):
    out, gone = tmp_path / "talks.jsonl", [True]

    def sometimes(messages):
        if is_reader(messages) and gone[0]:
            raise ModelUnreachable("gone")
        return pole_word_stub(messages)

    model = Scripted(sometimes)
    first = await generate_to(out, Plan(n=3, turns=2), model)
    assert {one.failed for one in first} == {"gone"}
    paid, gone[0] = len(model.history), False
    again = await generate_to(out, Plan(n=3, turns=2), model)
    assert all(one.kept for one in again)
    assert len(model.history) - paid == 6  # the readings alone


async def test_after_a_wrong_key_nobody_is_asked_any_more():
    def barred(messages):
        raise AuthenticationFailed("no key")

    model = Scripted(barred)
    dialogues = await generate(Plan(n=5), model, limit=1)
    assert len(model.history) == 1
    assert {one.failed for one in dialogues} == {"no key"}


async def test_concurrency_does_not_change_what_is_said():
    one = await generate(Plan(n=6, turns=4), Scripted(pole_word_stub), limit=1)
    assert one == await generate(Plan(n=6, turns=4), Scripted(pole_word_stub), limit=20)


def test_a_damaged_line_is_named(tmp_path):
    file = tmp_path / "talks.jsonl"
    for text in ('{"id": 1}', "x", "[" * 5000):
        file.write_text(text + "\n")
        with pytest.raises(FormatError, match="line 1 of"):
            load_dialogues(file)


def test_one_role_cannot_talk():
    with pytest.raises(UsageError, match="1 roles cannot"):
        dealt(Plan(), [ANA])
