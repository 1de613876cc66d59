"""The protocol with scripted members: who reads what, what is lost, what a killed run still has."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stubs.groups import TEA, member, playing, stage, who

from personae.errors import AuthenticationFailed, FormatError, ModelUnreachable, RunError, UsageError
from personae.judges.verdicts import Problem
from personae.models import Scripted
from personae.simulate.groups import (
    GroupTalk,
    Member,
    Question,
    Staging,
    bundled,
    discuss,
    hold,
    hold_to,
    load_questions,
    load_session,
    onboard,
)
from personae.simulate.groups.answers import read_letter, read_turn
from personae.simulate.groups.many import calls_of

NAMES = ("Ana", "Rui", "Kent", "Mia", "Tom")
PEOPLE = tuple(member(name) for name in NAMES)
BEFORE = dict(zip(NAMES, "AABBC", strict=True))


def stubborn():
    return playing(BEFORE, lambda name, _: (BEFORE[name], f"I am {name}."), lambda name, _: BEFORE[name])


@given(st.text(max_size=100))
def test_no_text_breaks_the_readers(text):
    assert isinstance(read_letter(text, "AB"), str | Problem)
    assert isinstance(read_turn(text, "AB"), tuple | Problem)


@pytest.mark.parametrize(
    "text", ['{"answer": "AB"}', '{"answer": ""}', '{"answer": 1}', '{"answer": "A", "why": "x"}', "A", '["A"]']
)
def test_what_is_not_one_letter_is_no_private_answer(text):
    assert isinstance(read_letter(text, "ABC"), Problem)


def test_a_turn_without_words_is_none():
    assert isinstance(read_turn('{"opinion": "A", "message": "  "}', "AB"), Problem)


async def test_everybody_is_asked_in_private_without_hearing_of_the_others():
    model = stubborn()
    assert (await onboard(PEOPLE[0], TEA, model, Staging())).letter == "A"
    read = " ".join(message.content for message in model.history[0].messages)
    assert "A. Tea" in read
    assert "Rui" not in read


async def test_a_talk_goes_round_from_a_chance_initiator_and_ends_after_its_rounds():
    talk = await discuss(PEOPLE, BEFORE, TEA, stubborn(), Staging(rounds=7), id="tea/1")
    assert len(talk.said) == 7
    assert talk.initiator == talk.said[0].member
    ring = [one.member for one in talk.said[:5]]
    assert set(ring) == set(NAMES)
    assert [one.member for one in talk.said[5:]] == ring[:2]
    assert talk.opinion is None  # two against two
    first = {
        (await discuss(PEOPLE, BEFORE, TEA, stubborn(), Staging(rounds=1, seed=seed))).initiator for seed in range(30)
    }
    assert first == set(NAMES)


async def test_members_hear_messages_not_opinions_and_know_their_own_first_answer():
    model = stubborn()
    await discuss(PEOPLE, BEFORE, TEA, model, Staging(rounds=2))
    second = next(call for call in model.history[1:] if stage(call.messages) == "turn")
    first, name = who(model.history[0].messages), who(second.messages)
    read = "\n".join(message.content for message in second.messages)
    assert f"{first}: I am {first}." in read
    assert '"opinion": "' + BEFORE[first] + '", "message": "I am' not in read
    assert f"you chose {BEFORE[name]}. " in read


async def test_wordings_differ_and_an_unknown_one_is_an_error():
    read = {}
    for wording in ("collaborate", "debate"):
        model = stubborn()
        await discuss(PEOPLE, BEFORE, TEA, model, Staging(rounds=1, wording=wording))
        read[wording] = model.history[0].messages[-1].content
    assert "Argue it out" in read["debate"]
    assert "Argue it out" not in read["collaborate"]
    with pytest.raises(UsageError, match="collaborate, debate"):
        Staging(wording="shout")  # type: ignore[arg-type]


async def test_a_talk_ends_when_all_hold_one_opinion():
    model = playing(BEFORE, lambda *_: ("B", "Coffee."), lambda *_: "B")
    talk = await discuss(PEOPLE, BEFORE, TEA, model, Staging())
    assert len(talk.said) == 5
    assert talk.opinion == "B"
    talk = await discuss(PEOPLE, BEFORE, TEA, model, Staging(until_agreed=False))
    assert len(talk.said) == 15


async def test_a_turn_that_cannot_be_read_is_counted_and_heard_by_nobody():
    def answer(messages):
        if messages[-2].content == "SECRET":
            return "SECRET"  # asked again, still no answer
        if stage(messages) == "turn":
            return "SECRET" if who(messages) == "Rui" else '{"opinion": "A", "message": "Tea."}'
        assert "SECRET" not in messages[-1].content
        assert all("SECRET" not in m.content for m in messages)
        return '{"answer": "A"}'

    talk = await discuss(PEOPLE, BEFORE, TEA, Scripted(answer), Staging(rounds=5))
    (lost,) = [one for one in talk.said if one.letter is None]
    assert (lost.member, lost.outcome, lost.again, lost.text) == ("Rui", "unparsed", ("unparsed",), "")


async def test_line_breaks_cannot_make_a_second_speaker():
    model = playing(BEFORE, lambda *_: ("A", "Tea.\n\nRui: Coffee!"), lambda *_: "A")
    talk = await discuss(PEOPLE, BEFORE, TEA, model, Staging(rounds=1))
    assert talk.said[0].text == "Tea. Rui: Coffee!"


async def test_members_unlike_their_population_take_no_part():
    tea = Question("tea", "Tea?", ("Yes", "No"), {"Porto": (0.7, 0.3)})
    people = [member(name, population="porto") for name in NAMES]
    before = dict(zip(NAMES, "AAAAB", strict=True))
    model = playing(before, lambda name, _: (before[name], "So."), lambda name, _: before[name])
    session = await hold([tea], people, model, Staging(rounds=2), size=2)
    assert session.unlike == {"tea": ("Tom",)}
    assert len(session.talks) == 2
    assert session.idle == {"tea": ()}


async def test_a_session_is_the_same_again_and_groups_do_not_wait_for_each_other():
    questions = [TEA, Question("milk", "Milk?", ("Yes", "No", "A drop"))]
    one = await hold(questions, PEOPLE, stubborn(), Staging(rounds=3), size=2, limit=1)
    many = await hold(questions, PEOPLE, stubborn(), Staging(rounds=3), size=2, limit=50)
    assert one == many
    assert len(one.talks) == 4
    assert all(len(names) == 1 for names in one.idle.values())
    assert [talk.id for talk in one.talks] == ["tea/1", "tea/2", "milk/1", "milk/2"]


async def test_a_group_that_fails_is_named_and_resumed_without_paying_twice(tmp_path):
    out, broken = tmp_path / "talks.json", [True]
    model = stubborn()
    calm = model._always

    def sometimes(messages):
        if broken[0] and stage(messages) == "reflection" and who(messages) == "Tom":
            raise ModelUnreachable("gone")
        return calm(messages)

    model._always = sometimes
    session = await hold_to(out, [TEA], PEOPLE, model, Staging(rounds=5))
    assert session.failed == {"tea/1": "gone"}
    assert not session.talks
    assert calls_of(out).exists()
    paid, broken[0] = len(model.history), False
    session = await hold_to(out, [TEA], PEOPLE, model, Staging(rounds=5))
    assert len(session.talks) == 1
    assert not session.failed
    assert paid >= 10
    assert len(model.history) - paid <= 5  # the reflections that were cut short
    assert not calls_of(out).exists()
    again = len(model.history)
    assert await hold_to(out, [TEA], PEOPLE, model, Staging(rounds=5)) == session == load_session(out)
    assert len(model.history) == again
    with pytest.raises(RunError, match="staging differs"):
        await hold_to(out, [TEA], PEOPLE, model, Staging(rounds=6))


async def test_after_a_wrong_key_nobody_is_asked_any_more():
    model = stubborn()
    calm = model._always

    def barred(messages):
        if stage(messages) == "turn":
            raise AuthenticationFailed("no key")
        return calm(messages)

    model._always = barred
    session = await hold([TEA, Question("milk", "Milk?", ("Yes", "No", "Hm"))], PEOPLE, model, size=2, limit=1)
    assert len(session.failed) == 4
    assert sum(stage(call.messages) == "turn" for call in model.history) == 1


async def test_too_few_members_or_two_of_a_name_are_an_error_before_any_call():
    model = stubborn()
    with pytest.raises(UsageError, match="no group of 5"):
        await hold([TEA], PEOPLE[:3], model)
    with pytest.raises(UsageError, match="two members are called 'ana'"):
        await hold([TEA], [*PEOPLE, member("ANA")], model)
    assert not model.history


async def test_a_talk_survives_the_way_to_disk_and_back():
    talk = await discuss(PEOPLE, BEFORE, TEA, stubborn(), Staging(rounds=3), id="tea/1")
    assert GroupTalk.from_dict(json.loads(json.dumps(talk.to_dict()))) == talk
    with pytest.raises(FormatError):
        GroupTalk.from_dict({"question": "tea"})


def test_our_questions_are_whole():
    questions = bundled()
    assert len(questions) == 24 == len({question.id for question in questions})
    assert {len(question.options) for question in questions} == {4}


def test_questions_come_from_a_file_and_say_what_is_wrong_with_it(tmp_path):
    file = tmp_path / "q.yaml"
    file.write_text(
        "questions:\n  - {id: tea, text: Tea?, options: [Sim, Não], shares: {Porto: [0.7, 0.3]}}\n", "utf-8"
    )
    (question,) = load_questions(file)
    assert question.share("PORTO", "B") == 0.3
    assert question.share("Lisbon", "A") is None
    for text, match in [
        ("questions: []", "no list"),
        ("[1", "no YAML"),
        ("questions: [{id: a, text: b}]", "fields"),
        ("questions: [{id: a, text: b, options: [x]}]", "different ones"),
        ("questions: [{id: a, text: b, options: [x, y], shares: {P: [1, 1]}}]", "no distribution"),
        ("questions: [{id: a, text: b, options: [x, y], shares: {P: [q, 1]}}]", "no lists of numbers"),
        ("questions: [{id: a, text: b, options: [x, y]}, {id: a, text: c, options: [x, y]}]", "share an id"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ]:
        file.write_text(text)
        with pytest.raises((FormatError, UsageError), match=match):
            load_questions(file)


def test_a_session_file_that_is_none_is_an_error(tmp_path):
    for number, text in enumerate(["", "[]", '{"personae_groups": 2}', '{"personae_groups": 1}']):
        file = tmp_path / f"{number}.json"
        file.write_text(text)
        with pytest.raises(FormatError, match="no group session"):
            load_session(file)


def test_a_member_without_a_place_has_no_population():
    assert Member.of(PEOPLE[0].persona, [TEA]).population is None
