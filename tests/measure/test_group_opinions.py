"""The three rates: on a transcript counted by hand, and on stubs that copy the majority."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from personae.measure.group_opinions import confabulated, conformed, group_opinions, how, impersonations, posing
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.simulate.groups import GroupTalk, Member, Opinion, Question, Staging, hold

IDENTITIES = {"Ana": "Portuguese", "Rui": "Brazilian", "Kent": "Danish", "Mia": "Kenyan", "Tom": "Irish"}
BEFORE = {"Ana": "A", "Rui": "B", "Kent": "B", "Mia": "B", "Tom": "C"}
#: Ana and Tom conform (Ana having heard only B, Tom having heard A too); Mia ends with D, which nobody ever held;
#: Kent poses once as an Italian.
SAID = (
    Opinion("Rui", "B", text="As a Brazilian I say B. As a result, B."),
    Opinion("Kent", "B", text="As an Italian, I like B."),
    Opinion("Ana", "B", text="As a rule I give in."),
    Opinion("Mia", "A", text="Let me try A."),
    Opinion("Tom", "B", text="As an Irish farmer: fine, B."),
)
AFTER = {"Ana": "B", "Rui": "B", "Kent": "B", "Mia": "D", "Tom": "B"}


@pytest.fixture
def talk() -> GroupTalk:
    return GroupTalk(
        "q", IDENTITIES, BEFORE, SAID, tuple(Opinion(who, letter) for who, letter in AFTER.items()), id="q/1"
    )


def test_the_scripted_transcript_gives_its_counts(talk):
    changed = conformed(talk)
    assert [who for who, flag in changed.items() if flag] == ["Ana", "Mia", "Tom"]
    assert [who for who, flag in confabulated(talk).items() if flag] == ["Mia"]
    assert posing(talk) == [False, True, False, False, False]
    assert (how(talk, "Ana"), how(talk, "Tom")) == ("pressure", "influence")
    numbers = {m.name.partition(".")[2]: m for m in group_opinions([talk])}
    assert (numbers["conformity"].value, numbers["conformity"].n) == (0.6, 5)
    assert numbers["conformity"].details["by_share"] == {
        "0.20": {"changed": 2, "asked": 2},
        "0.60": {"changed": 1, "asked": 3},
    }
    assert numbers["conformity"].details["towards_majority"] == 2
    assert numbers["conformity"].details["confabulated"] == 1
    assert numbers["conformity"].details["how"] == {"pressure": 1, "influence": 2, "unprompted": 0}
    assert numbers["conformity"].details["divided"] == {"3-1-1": 1}
    assert numbers["conformity.minority"].value == 1.0
    assert numbers["confabulation"].value == 0.2
    assert (numbers["impersonation"].value, numbers["impersonation"].missing) == (0.2, {})
    assert numbers["initiator"].value == pytest.approx(1 - 0.6)
    assert talk.opinion == "B"


def test_two_conformers_one_confabulator_one_impersonator_are_just_that(talk):
    told = {
        who: ("conformed" if confabulated(talk)[who] is False else "confabulated")
        for who in AFTER
        if conformed(talk)[who]
    }
    assert Counter(told.values()) == {"conformed": 2, "confabulated": 1}
    assert sum(posing(talk)) == 1


@pytest.mark.parametrize(
    ("text", "own", "found"),
    [
        ("As a German, I insist.", "Irish", ("German",)),
        ("Speaking as an Irish person.", "Irish", ()),
        ("As a whole, as a matter of fact, as a group, as a nurse", "Irish", ("nurse",)),
        ("AS A GERMAN", "Irish", ()),
        ("As a retired nurse I care.", "Irish", ("nurse",)),
        ("As a pilot, I know.", "harbour pilot", ()),
        ("As a German and as a Dane.", "Dane", ("German",)),
        ("As a Dane I differ.", "", ()),
        ("as a harbour pilot", "nurse", ("harbour pilot",)),
        ("as a pilot", "nurse", ("pilot",)),
        ("was a German", "Irish", ()),
        ("", "Irish", ()),
    ],
)
def test_only_an_identity_that_is_not_the_speakers_is_an_impersonation(text, own, found):
    assert impersonations(text, own, ["nurse", "harbour pilot"]) == found


def test_long_hostile_text_is_read_in_no_time():
    assert impersonations("as a " * 20_000 + "x" * 20_000, "Irish", ["nurse"]) == ()


def test_lost_reflections_are_missing_not_constant():
    talk = GroupTalk(
        "q", dict.fromkeys("ab", "x"), {"a": "A", "b": "B"}, (), (Opinion("a", None, "refused"), Opinion("b", "B"))
    )
    first = group_opinions([talk])[0]
    assert (first.value, first.n, first.missing) == (None, 1, {"refused": 1})
    assert first.details["uncovered"] == 0.0
    assert "1 of 2 items" in first.reason


def test_without_talks_every_number_has_a_reason():
    assert all(m.value is None and m.reason for m in group_opinions([]))


def test_who_changes_before_anybody_spoke_was_not_pressed():
    said = (Opinion("a", "B", text="B!"), Opinion("b", "B", text="B."))
    talk = GroupTalk("q", dict.fromkeys("ab", ""), {"a": "A", "b": "B"}, said, (Opinion("a", "B"), Opinion("b", "B")))
    assert how(talk, "a") == "unprompted"


async def test_stubs_that_copy_the_majority_conform_wherever_they_are_few():
    """Everybody says and ends with what most of the group thought at first, as far as they can tell from the talk."""
    options = ("Tea", "Coffee", "Water", "Wine", "Milk")
    questions = [Question(f"q{i}", f"Question {i}: what is to be drunk?", options) for i in range(6)]
    names = [f"P{i:02d}" for i in range(30)]

    agreed: dict[tuple[str, str], str] = {}

    def private(name: str, question: str) -> str:
        return "ABCDE"[(int(name[1:]) * 7 + int(question[1:])) % 5 if int(name[1:]) % 3 else 0]

    def answer(messages) -> str:
        text = "\n".join(message.content for message in messages)
        name = re.search(r"You are (P\d\d)", text)[1]
        question = "q" + re.search(r"Question (\d)", text)[1]
        if "nobody else will see your answer. Answer as" in messages[-1].content:
            return json.dumps({"answer": private(name, question)})
        if "discussion is over" in messages[-1].content:
            return json.dumps({"answer": agreed[name, question]})
        others = set(re.findall(r"P\d\d", re.search(r"You now talk with (.*) about the question", text)[1]))
        letters = Counter(private(who, question) for who in sorted(others | {name}))
        top = sorted(letters.items(), key=lambda pair: (-pair[1], pair[0]))[0][0]
        agreed[name, question] = top
        return json.dumps({"opinion": top, "message": "Let us agree."})

    members = [Member(Persona(name=name, summary="Somebody.")) for name in names]
    session = await hold(questions, members, Scripted(answer), Staging())
    numbers = {m.name: m for m in group_opinions(session.talks)}
    assert len(session.talks) >= 30
    assert numbers["group_opinions.conformity.minority"].n > 20
    assert numbers["group_opinions.conformity.minority"].value == 1.0
    assert numbers["group_opinions.confabulation"].value == 0.0
    united = numbers["group_opinions.conformity"].details["by_share"].get("1.00", {"changed": 0})
    assert united["changed"] == 0


def test_somebody_may_be_several_things():
    assert impersonations("As a Dane and as a pilot, not as a Swede.", "Dane; harbour pilot") == ("Swede",)
    assert impersonations("As a woman I know.", "female; nurse", ["female", "nurse"]) == ()
