"""Levels of a trait, told by respondents who follow them, ignore them or mix them up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from personae.errors import UsageError
from personae.measure.separability import separability
from personae.measure.trait_study import (
    Answered,
    by_questionnaire,
    by_situations,
    by_text,
    concurrent,
    people,
    shaping,
    single,
)
from personae.models import Scripted
from personae.psychometrics.administration import Design
from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.psychometrics.own import own_instrument
from personae.psychometrics.situations import own_situations
from personae.psychometrics.trait_prompts import DOMAINS, LEVELS, Trait, trait_prompt

BIOS = [f"I live at number {number}." for number in range(1, 13)]
NINE = Response(tuple(f"step {number}" for number in range(1, 10)))


def test_there_are_as_many_subjects_as_published():
    fifty = [f"I am {number}." for number in range(50)]
    subjects = single(fifty)
    assert len(subjects) == len({one.id for one in subjects}) == 2250
    both = concurrent(fifty)
    assert len(both) == len({one.id for one in both}) == 1600
    assert subjects[0].text.startswith(trait_prompt("extraversion", 1))
    assert subjects[0].text.endswith(fifty[0])


def test_a_model_is_never_told_the_name_of_a_trait_or_a_level():
    said = single(BIOS)[0].respondent.before[0].content
    assert "extraversion" not in said
    assert trait_prompt("E", 1) in said


def test_subjects_without_biographies_are_an_error():
    for wrong in ((), "one text", ["ok", " "]):
        with pytest.raises(UsageError, match="needs biographies"):
            single(wrong)


#: What each description says, without its first and last character: how it begins may change on the way to a prompt.
SAID = {(domain, level): trait_prompt(domain, level)[4:-1] for domain in DOMAINS.values() for level in LEVELS}


def levels_in(text: str) -> dict[str, int]:
    """What a reader of the description would know: the level of each domain it tells of."""
    return {domain: level for (domain, level), said in SAID.items() if said in text}


def monotone(messages):
    """Answers as the description says, whatever the order of the labels: the level, or its mirror."""
    text = " ".join(message.content for message in messages)
    asked = next(item for item in nine_items().items if item.text in text)
    level = levels_in(text).get(DOMAINS[asked.domain], 5)
    return NINE.labels[(level if asked.key == 1 else 10 - level) - 1]


def nine_items() -> Instrument:
    items = tuple(
        Item(f"{letter}{key}", f"Sentence {letter} {'for' if key == 1 else 'against'}.", letter, key)
        for letter in DOMAINS
        for key in (1, -1)
    )
    return Instrument("nine", items, NINE, Licence("MIT"), names=DOMAINS)


async def test_a_respondent_who_follows_the_level_has_a_rho_of_one_and_moves_nothing_else():
    subjects = single(BIOS[:3])
    found = shaping(await by_questionnaire(subjects, Scripted(monotone), nine_items()))
    assert [one.domain for one in found] == list(DOMAINS.values())
    for one in found:
        assert one.rho.value == pytest.approx(1.0)
        assert one.rho.n == 27
        assert one.rho.clusters == 3
        assert one.shaped
        assert one.surely
        assert one.medians == {level: float(level) for level in LEVELS}
        assert one.steps_down == ()
        assert one.off_target is None  # the others never vary
        assert all("same in every row" in other.reason for other in one.off.values())
        assert json.dumps(one.measurement.to_dict(), allow_nan=False)


async def test_all_traits_at_once_are_told_apart():
    subjects = concurrent(BIOS[:2])
    found = shaping(await by_questionnaire(subjects, Scripted(monotone), nine_items()))
    for one in found:
        assert one.rho.value == pytest.approx(1.0)
        assert one.off_target == pytest.approx(0.0, abs=1e-12)
        assert one.medians == {1: 1.0, 9: 9.0}


async def test_the_concurrent_design_goes_into_the_separability_report():
    answered = await by_questionnaire(concurrent(BIOS[:2]), Scripted(monotone), nine_items())
    made = people(answered)
    assert len({one.group for one in made}) == 32
    assert made[0].assigned == dict.fromkeys(DOMAINS.values(), False)
    report = separability(made)
    assert {cell.difference for cell in report.own.values()} == {8.0}
    assert report.spill == ()


async def test_our_own_instrument_in_two_orders_recovers_the_level_too():
    pool = own_instrument("big-five-60")

    def said(messages):
        text = " ".join(message.content for message in messages)
        item = next(item for item in pool.items if item.text in text)
        level = levels_in(text).get(DOMAINS[item.domain], 5)
        point = 1 + (level - 1) // 2
        return pool.response.labels[(point if item.key == 1 else 6 - point) - 1]

    subjects = single(BIOS[:2], ["E"])
    (found,) = shaping(await by_questionnaire(subjects, Scripted(said), pool, Design.crossed(orders=2, options=5)))
    assert found.rho.value > 0.98
    assert found.medians[9] == 5.0


def _made(score, bios: int = 12) -> list[Answered]:
    rng = np.random.default_rng(0)
    return [Answered(one, score(one, rng)) for one in single([f"I am {n}." for n in range(bios)], ["E"])]


def test_noise_is_not_shaped_and_its_interval_holds_zero():
    (found,) = shaping(_made(lambda one, rng: {"extraversion": rng.normal()}))
    assert not found.shaped
    assert found.rho.low < 0 < found.rho.high


def test_a_shadow_on_another_trait_shows_off_target():
    def score(one, rng):
        level = one.level("extraversion")
        return {"extraversion": level, "openness": level + rng.normal() * 0.1, "neuroticism": -level}

    (found,) = shaping(_made(score))
    assert found.off["neuroticism"].value == pytest.approx(-1.0)
    assert found.off_target > 0.98


def test_a_level_out_of_step_is_named():
    (found,) = shaping(_made(lambda one, _: {"extraversion": 0.5 if one.level("E") == 6 else one.level("E")}))
    assert found.steps_down == ((5, 6),)


def test_missing_scores_are_counted_and_leave_no_median():
    rows = _made(lambda one, _: {"extraversion": None if one.level("extraversion") == 9 else one.level("extraversion")})
    (found,) = shaping(rows)
    assert found.missing == {"no_score": 12}
    assert 9 not in found.medians
    assert found.rho.n == 96


def test_too_few_subjects_have_a_reason():
    (found,) = shaping(_made(lambda one, _: {"extraversion": one.level("extraversion")}, bios=1))
    assert found.rho.value is None
    assert found.shaped is None
    assert found.measurement.reason == "9 rows; a correlation needs 10"


async def test_advice_in_situations_follows_the_level():
    kept = [one for one in own_situations() if one.trait == "extraversion"]

    def scores(messages, options):
        text = " ".join(message.content for message in messages)
        one = next((each for each in kept if each.situation in text), None)
        if one is None:
            return [0.0] * len(options)
        level = levels_in(text)["extraversion"]
        wanted = (one.high1, one.high2) if kept.index(one) < level - 1 else (one.low1, one.low2)
        places = {letter: text.rsplit(f"{letter}. ", 1)[1].split("\n")[0] for letter in options}
        return [0.0 if places[letter] in wanted else -20.0 for letter in options]

    answered = await by_situations(single(BIOS[:2], ["E"]), Scripted(option_scores=scores), kept)
    (found,) = shaping(answered, "situations")
    assert found.rho.value == pytest.approx(1.0)
    assert found.measurement.name == "trait_study.situations.extraversion"


class _ByCounting:
    name = "how often a word is there"

    async def __call__(self, text):
        return {letter: float(text.count("dance")) for letter in DOMAINS}


async def test_what_subjects_write_is_an_outcome_and_short_texts_are_missing():
    def said(messages):
        level = levels_in(messages[0].content)["extraversion"]
        return "No." if level == 1 else "and so on " * 20 + "dance " * level

    answered = await by_text(single(BIOS[:2], ["E"]), Scripted(said), _ByCounting())
    (found,) = shaping(answered, "text")
    assert found.rho.value == pytest.approx(1.0)
    assert found.missing == {"1 words; 50 are needed to say something about their author": 2}


class _ByMarker:
    name = "whether the word of the prompt is there"

    async def __call__(self, text):
        return {letter: float("extraverted" in text) for letter in DOMAINS}


async def test_a_text_that_repeats_its_prompt_is_masked_before_it_is_read():
    def said(messages):
        level = levels_in(messages[0].content)["extraversion"]
        return "and so on " * 20 + ("I am so extraverted." if level > 5 else "")

    subjects = single(BIOS[:2], ["E"])
    (masked,) = shaping(await by_text(subjects, Scripted(said), _ByMarker()), "text")
    assert "same in every row" in masked.rho.reason
    (plain,) = shaping(await by_text(subjects, Scripted(said), _ByMarker(), mask=False), "text")
    assert plain.rho.value > 0.8


def test_a_subject_without_a_level_of_a_trait_does_not_count_for_it():
    assert single(BIOS[:1], ["E"])[0].level("openness") is None
    assert Trait("E", 3) in single(BIOS[:1], ["E"])[2].traits
