"""Questions that call traits forth, probes on labels, and agreement beside its baseline."""

from __future__ import annotations

import random

import numpy as np
import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.author_traits import (
    AuthorQuestionnaire,
    AuthorTraits,
    ByProbe,
    ByQuestionnaire,
    activation,
    agreement,
    interview,
    train,
)
from personae.measure.author_traits.interview import FORMS, TRAITS
from personae.measure.author_traits.texts import author_items
from personae.measure.separability import Person, poles
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.psychometrics.own import own_interview
from personae.psychometrics.trait_prompts import DOMAINS
from personae.types import Completion, Settings

FILLER = "It was a day like many others and I would not have remembered it without the notes I took that night. " * 3
#: A word per trait that marks it in a scripted text.
MARKS = {"E": "fiddlers", "A": "shelters", "C": "ledgers", "N": "tremors", "O": "nebulas"}


def form_of(said: str) -> str:
    for question in own_interview():
        if question.neutral in said:
            return "neutral"
        for trait, form in question.activating.items():
            if form in said:
                return trait
    raise AssertionError(said)


async def marked(said: str) -> Completion:
    """An agent that shows a trait, by its mark, only where it is called for."""
    return Completion(FILLER + MARKS.get(form_of(said), "") + ".")


def marks_rated(messages, options):
    """A rater for whom a mark speaks for its trait, by content and not by key; without one everything is in between."""
    if len(messages) < 2:
        return [0.0, -9.0]
    if tuple(options) == ("A", "B"):
        return [-0.7, -0.7]
    sentence = messages[-1].content.rsplit("\nYour number", 1)[0].rsplit("Sentence ", 1)[1].split(": ", 1)[1]
    item = next(item for item in author_items().items if item.text == sentence)
    wanted = "3" if MARKS[item.domain] not in messages[1].content else "5" if item.key == 1 else "1"
    return [0.0 if option == wanted else -30.0 for option in options]


async def test_only_the_diagonal_moves_when_an_agent_shows_what_is_called_for():
    reader = ByQuestionnaire(AuthorQuestionnaire(Scripted(option_scores=marks_rated), per_trait=2))
    answers = await interview(marked, reader)
    assert len(answers) == 12 * 6
    found = activation(answers)
    for form in TRAITS:
        for trait in TRAITS:
            assert found.matrix[form][trait].value == pytest.approx(2.0 if form == trait else 0.0, abs=1e-6)
    assert found.diagonal.value == pytest.approx(2.0, abs=1e-6)
    assert found.off_diagonal.value == pytest.approx(0.0, abs=1e-6)
    assert found.specific.n == 12
    assert found.missing == {}


def labelled(n: int = 60) -> list[Person]:
    """Texts whose authors' traits show by their marks."""
    rng = random.Random(5)
    people = []
    for number in range(n):
        assigned = {name: rng.random() < 0.5 for name in DOMAINS.values()}
        marks = " ".join(f"{MARKS[letter]} and {MARKS[letter]}" for letter, name in DOMAINS.items() if assigned[name])
        people.append(Person("g", str(number // 2), assigned, text=f"{FILLER} {marks}."))
    return people


async def test_the_same_interview_read_by_a_probe_on_the_users_labels():
    probe = train(labelled())
    assert all(found.accuracy.value == 1.0 and found.accuracy.clusters == 30 for found in probe.tested.values())
    assert all(found.majority < 0.7 and found.p < 0.001 for found in probe.tested.values())
    found = activation(await interview(marked, ByProbe(probe)))
    assert found.diagonal.low > 0.2
    assert abs(found.off_diagonal.value) < 0.1


async def test_short_refused_and_empty_answers_are_counted_and_no_zero():
    said = iter([Completion("No."), Completion("", stop="stop"), Completion("I will not.", stop="refusal")] * 24)

    async def answer(_):
        return next(said)

    found = activation(await interview(answer, ByProbe(train(labelled())), questions=own_interview()[:3]))
    assert found.diagonal.value is None
    assert found.missing == {"1 words; 50 are needed to say something about their author": 6, "empty": 6, "refused": 6}


async def test_a_question_without_a_neutral_answer_is_left_out_of_the_matrix():
    async def answer(said):
        return Completion("Hm.") if own_interview()[0].neutral in said else await marked(said)

    found = activation(await interview(answer, ByProbe(train(labelled()))))
    assert found.matrix["E"]["E"].n == 11


async def test_an_unknown_form_is_told_the_list():
    with pytest.raises(UsageError, match="neutral, E, A, C, N, O"):
        await interview(marked, ByProbe(train(labelled())), forms=("X",))


def test_a_probe_needs_texts_and_labels_of_both_kinds():
    with pytest.raises(UsageError, match="a probe needs ten"):
        train(labelled(9))
    with pytest.raises(UsageError, match="0 of 20 texts can be used"):
        train([Person("g", "", {"openness": True}, text="short")] * 20)
    alike = [Person("g", str(n), {"openness": True}, text=FILLER) for n in range(20)]
    with pytest.raises(UsageError, match="found high"):
        train(alike)
    some = [Person("g", str(n), {"openness": n % 2 == 0} if n else {}, text=FILLER) for n in range(20)]
    with pytest.raises(UsageError, match="texts without"):
        train(some)


def test_a_probe_reads_a_new_text_as_its_own_folds_would():
    probe = train(labelled())
    high = probe(f"{FILLER} fiddlers and fiddlers.")
    assert high["extraversion"] > 0.7 > 0.3 > high["openness"]
    assert probe("too short") == dict.fromkeys(DOMAINS.values())


def test_texts_that_name_their_trait_make_the_probe_warn():
    people = [
        Person(
            "g", str(n), poles("E+" if n % 2 else "E-"), text=f"{FILLER} An {'extrovert' if n % 2 else 'introvert'}."
        )
        for n in range(20)
    ]
    assert "20 of 20 texts" in train(people).leaks.warning


def test_labels_by_chance_are_told_by_chance():
    rng = np.random.default_rng(4)
    words = [f"word{number}" for number in range(300)]
    people = [
        Person("g", str(n), {"openness": bool(rng.random() < 0.5)}, text=" ".join(rng.choice(words, 80)))
        for n in range(150)
    ]
    found = train(people).tested["openness"]
    assert found.accuracy.low < 0.5 < found.accuracy.high


def test_agreement_is_that_of_hand_arithmetic():
    # 3 of 5 told right; always "high" is right 3 times too
    found = agreement("E", ["high", "high", "low", "high", "low", None], [True, True, True, False, False, True])
    assert found.accuracy.value == pytest.approx(0.6)
    assert found.majority == pytest.approx(0.6)
    assert found.f1 == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.majority_f1 == pytest.approx(0.375)
    assert found.kappa == pytest.approx((0.6 - 0.52) / 0.48)
    assert found.p == 1.0
    assert found.missing == {"no_pole": 1}
    assert agreement("E", [None], [True]).accuracy.value is None
    with pytest.raises(UsageError, match="one label per text"):
        agreement("E", ["high"], [])


async def test_as_a_measure_every_question_is_a_case_in_every_form_and_the_diagonal_is_the_number():
    measure = AuthorTraits(ByProbe(train(labelled())))
    persona = Persona(name="Ana")
    plan = measure.plan(persona)
    assert len(plan.cases) == 72
    assert {case.data["form"] for case in plan.cases} == set(FORMS)
    agent = Agent(
        persona, Scripted(lambda messages: FILLER + MARKS.get(form_of(messages[-1].content), "")), settings=Settings()
    )
    observations = [await measure.observe(agent, case) for case in plan.cases]
    numbers = {one.name: one for one in measure.summarise(plan, observations)}
    assert numbers["author_traits"].low > 0.2
    assert abs(numbers["author_traits.off_diagonal"].value) < 0.1
    assert numbers["author_traits.specific"].value > 0.2
    assert numbers["author_traits"].details["reader"]["standing"] == "tested on unseen authors"
    assert set(numbers) == {"author_traits", *(f"author_traits.{x}" for x in ("off_diagonal", "specific", *TRAITS))}


async def test_as_a_measure_lost_answers_are_missing_and_too_many_leave_a_reason():
    measure = AuthorTraits(ByProbe(train(labelled())))
    persona = Persona(name="Ana")
    plan = measure.plan(persona)
    agent = Agent(persona, Scripted(lambda messages: "Well."), settings=Settings())
    observations = [await measure.observe(agent, case) for case in plan.cases]
    first = measure.summarise(plan, observations)[0]
    assert first.value is None
    assert first.missing == {"unparsed": 72}
    assert next(iter(first.details["lost"])).startswith("1 words")


def test_another_language_has_no_case():
    assert AuthorTraits().plan(Persona(name="Ana", language="de")).cases == ()
    with pytest.raises(UsageError, match="there are 1 to 12"):
        AuthorTraits(questions=13)


@pytest.mark.slow
def test_a_probe_on_sentence_embeddings_tells_what_texts_are_about():
    from personae.models.embedder import MiniLM

    said = {
        True: "We danced with a crowd of friends all night at the fair.",
        False: "I read alone in the quiet library.",
    }
    people = [
        Person(
            "g", str(n), {"extraversion": n % 2 == 0}, text=f"{FILLER * (1 + n % 3)} {said[n % 2 == 0] * 4} Page {n}."
        )
        for n in range(16)
    ]
    probe = train(people, MiniLM(threads=1))
    assert probe.name == "minilm-l6-int8"
    assert probe.tested["extraversion"].accuracy.value > 0.9
    assert (
        probe(f"{FILLER} {said[True] * 4}")["extraversion"] > probe(f"{FILLER} {said[False] * 4}")["extraversion"] + 0.3
    )
