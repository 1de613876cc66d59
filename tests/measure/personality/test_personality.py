"""The whole way: a scripted model answers sixty items in six conditions, and the numbers say what it did."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import re

import pytest
from stubs.runs import persona

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.personality import Personality
from personae.models.scripted import Scripted
from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.norms import Norms, norms
from personae.psychometrics.own import own_instrument
from personae.psychometrics.study import ScaleStudy, Study
from personae.types import Completion

LEVELS = {"E": 4, "A": 2, "C": 5, "N": 2, "O": 4}
FIVE = own_instrument("big-five-60")
BY_TEXT = {item.text: item for item in FIVE.items}
ANA = persona("Ana", ["I catalogue atlases."])

GOOD = ScaleStudy(alpha=0.9, lambda6=0.9, omega=0.9, convergent=0.8, discriminant=0.8, criterion=1.0)


def study(**changes):
    given = {"model": "scripted", "instrument": FIVE.id, "sha256": FIVE.sha256, "mode": "isolated", "route": "logprobs",
             "respondents": 100, "scales": dict.fromkeys("EACNO", GOOD)}  # fmt: skip
    return Study(**given | changes)


def item_in(messages):
    (text,) = re.findall(r'"([^"]+)"\n', messages[-1].content)
    return BY_TEXT[text]


def point(item, levels=LEVELS):
    return levels[item.domain] if item.key == 1 else 6 - levels[item.domain]


def honest(messages, options):
    """Sure of the label that its trait calls for."""
    wanted = str(point(item_in(messages))) if '"' in messages[-1].content else options[0]
    return [0.0 if option == wanted else -20.0 for option in options]


def first(messages, options):
    return [0.0] + [-20.0] * (len(options) - 1)


def run(measure, model, who=ANA):
    agent = Agent(who, model)
    plan = measure.plan(who)

    async def all_cases():
        return [await measure.observe(agent, case) for case in plan.cases]

    observations = asyncio.run(all_cases())
    assert json.loads(json.dumps([o.data for o in observations]))  # travels in a log
    return {m.name: m for m in measure.summarise(plan, observations)}


def test_an_honest_reader_of_a_validated_model_gets_scores_with_intervals():
    found = run(Personality(study=study()), Scripted(option_scores=honest))
    assert {d: round(found[f"personality.{d}"].value, 4) for d in "EACNO"} == {d: float(x) for d, x in LEVELS.items()}
    e = found["personality.E"]
    assert e.low < e.value < e.high
    assert e.details["answered"]["pomp"] == 75.0
    assert "t" not in e.details["answered"]
    assert e.details["certificate"]["verdict"] == "stable"
    assert {round(x, 4) for x in e.details["values"].values()} == {4.0}  # for paired comparisons of runs
    assert (found["personality"].value, found["personality"].n) == (1.0, 60)
    assert found["personality.place"].value == 0.0
    assert found["personality.acquiescence"].value == pytest.approx(0.0)


def test_without_a_study_the_same_answers_are_shown_and_not_called_a_trait():
    found = run(Personality(), Scripted(option_scores=honest))["personality.E"]
    assert found.value is None
    assert found.reason == "not reportable: no validity study of 'scripted' with this questionnaire"
    assert found.details["answered"]["mean"] == pytest.approx(4.0, abs=1e-3)
    assert "values" not in found.details
    assert found.details["gate"] == ["no validity study of 'scripted' with this questionnaire"]


@pytest.mark.parametrize(("changes", "reason"), [
    ({"model": "other"}, "the validity study is of the model 'other', this is 'scripted'"),
    ({"route": "parsed"}, "the validity study is of the route 'parsed', this is 'logprobs'"),
    ({"sha256": "0" * 64}, "the validity study is of the items '000000000000'"),
    ({"respondents": 99}, "the validity study has 99 respondents; 100 are needed"),
    ({"scales": {}}, "the validity study does not cover extraversion"),
    ({"scales": {"E": dataclasses.replace(GOOD, convergent=0.69)}}, "study convergent 0.69; 0.70 is needed"),
    ({"scales": {"E": dataclasses.replace(GOOD, alpha=None)}}, "alpha unknown"),
])  # fmt: skip
def test_a_study_of_something_else_or_a_poor_one_opens_nothing(changes, reason):
    measure = Personality(study=study(**changes), domains=("E",))
    found = run(measure, Scripted(option_scores=honest))["personality.E"]
    assert found.value is None
    assert reason in found.reason


def test_always_the_first_option_is_positional_and_never_a_trait_whatever_the_study_says():
    found = run(Personality(study=study()), Scripted(option_scores=first))
    for domain in "EACNO":
        number = found[f"personality.{domain}"]
        assert number.value is None
        assert number.reason.startswith("not reportable: positional: it keeps the place in 100% of the items")
        assert "unstable (raw answers move by 4.00 points when the order of the options" in number.reason
    assert (found["personality"].value, found["personality.place"].value) == (0.0, 1.0)
    assert found["personality"].details["named"] == ["positional", "constant midpoint"]


def test_agreeing_with_everything_is_named_and_not_a_trait():
    def agreeing(messages, options):
        return [0.0 if option == "5" else -20.0 for option in options]

    found = run(Personality(study=study()), Scripted(option_scores=agreeing))
    assert found["personality.acquiescence"].value == 2.0
    assert found["personality"].details["named"] == ["acquiescent", "constant"]
    for domain in "EACNO":
        assert found[f"personality.{domain}"].reason.startswith("not reportable: acquiescent: it leans +2.00 points")


@pytest.mark.parametrize("labels", ["words", "letters"])
def test_an_honest_reader_is_as_honest_by_words_and_by_letters(labels):
    def reading(messages, options):
        if '"' not in messages[-1].content:
            return first(messages, options)
        wanted = FIVE.response.labels[point(item_in(messages)) - 1]
        line = next(line for line in messages[-1].content.splitlines() if line.endswith(wanted))
        said = wanted if labels == "words" else line[0]
        return [0.0 if option == said else -20.0 for option in options]

    found = run(Personality(labels=labels, study=study()), Scripted(option_scores=reading))
    assert {d: round(found[f"personality.{d}"].value, 4) for d in "EACNO"} == {d: float(x) for d, x in LEVELS.items()}


def test_who_never_leaves_the_middle_keeps_no_side():
    found = run(Personality(domains=("E",)), Scripted())  # all options equally likely: the middle by expectation
    assert found["personality"].reason == "every answer is the middle of the scale"
    assert found["personality"].details["named"] == ["constant midpoint"]
    assert found["personality.place"].reason == "no option was chosen with the scale in both directions"


def test_refusals_are_counted_and_leave_no_number():
    def refusing(messages):
        return "I'm sorry, but as an AI I do not have a personality."

    found = run(Personality(route="parsed", domains=("E", "A")), Scripted(refusing))
    assert {m.value for m in found.values()} == {None}
    assert found["personality"].missing == {"refused": 24}
    assert found["personality.E"].reason == "no item was answered"


def test_a_domain_with_too_few_answers_says_how_many():
    lost = {"e01", "e02", "e03"}

    def answer(messages):
        item = item_in(messages)
        return "" if item.id in lost else FIVE.response.labels[point(item) - 1]

    found = run(Personality(route="parsed", study=study(route="parsed")), Scripted(answer))
    assert found["personality.E"].reason == "not reportable: answered 9 of 12"
    assert found["personality.E"].missing == {"empty": 3}
    assert found["personality.A"].value == 2.0


def test_cut_off_unread_and_filtered_answers_stay_apart():
    ends = ["Well, as to", "purple", ""]

    def answer(messages):
        return ends[int(item_in(messages).id[1:]) % 3]

    found = run(Personality(route="parsed", domains=("E",)), Scripted(answer))
    assert found["personality"].missing == {"empty": 4, "unparsed": 8}
    cut = Scripted([Completion("purple", stop="length")] * 72)
    assert run(Personality(route="parsed", domains=("E",)), cut)["personality"].missing == {"truncated": 12}


def test_norms_give_t_scores_of_whole_sums_and_without_them_there_are_none():
    women = Norms(60, "F", (30, 39), dict.fromkeys("EACNO", 36.0), dict.fromkeys("EACNO", 6.0), {"N": "it is off"})
    found = run(Personality(study=study(), norms=women), Scripted(option_scores=honest))
    t = found["personality.E"].details["answered"]["t"]
    assert t["value"] == pytest.approx(70.0)  # a sum of 48, two standard deviations above 36
    assert t["low"] < 70.0 < t["high"]
    assert found["personality.N"].details["answered"]["t"]["reason"] == "it is off"


def test_norms_of_another_form_are_an_error_before_anything_is_asked():
    with pytest.raises(UsageError, match="do not fit"):
        Personality(norms=norms(120, "F", 30))


def test_a_crowd_is_scored_beside_the_persona_and_not_into_it():
    def by_person(messages, options):
        if '"' not in messages[-1].content:
            return first(messages, options)
        rng = random.Random(messages[0].content[:400])
        level = rng.choice([2, 3, 4])
        item = item_in(messages)
        wanted = level if item.key == 1 else 6 - level
        return [0.0 if option == str(wanted) else -20.0 for option in options]

    found = run(Personality(people=12, domains=("E",), templates=3), Scripted(option_scores=by_person))
    crowd = found["personality"].details["population"]
    assert (crowd["people"], len(crowd["scores"]["E"])) == (12, 12)
    assert "itself" not in crowd["scores"]["E"]
    assert {round(v) for v in crowd["scores"]["E"].values()} == {2, 3, 4}
    assert crowd["alpha"]["E"] > 0.95
    assert found["personality"].n == 12


def test_another_language_is_said_before_anything_is_asked():
    german = persona("Jana", ["Ich male."]).model_copy(update={"language": "de"})
    plan = Personality().plan(german)
    assert (plan.cases, plan.missing) == ((), {"language_de": 60})


def test_a_questionnaire_of_ones_own_is_taken_and_nine_items_show_nothing():
    items = tuple(Item(f"i{i}", f"Sentence number {i} of mine.", "calm", (-1) ** i) for i in range(9))
    mine = Instrument("mine", items, Response(("no", "unsure", "yes")), Licence("mine"))
    found = run(Personality(mine), Scripted(option_scores=first))
    assert found["personality.calm"].value is None
    assert "9 items; a certificate needs 10" in found["personality.calm"].reason


@pytest.mark.parametrize("given", [{"domains": ("X",)}, {"people": -1}, {"route": "guess"}, {"templates": 0},
                                   {"labels": "colours"}, {"orders": 99}])  # fmt: skip
def test_what_cannot_be_asked_is_an_error_at_once(given):
    with pytest.raises(UsageError):
        Personality(**given)


def test_items_without_a_text_are_an_error_that_says_what_to_do():
    bare = Instrument("bare", (Item("a", "", "E"),), FIVE.response, Licence("x"))
    with pytest.raises(UsageError, match="no text to put"):
        Personality(bare)


def test_a_log_is_summarised_again_without_a_model():
    measure = Personality(domains=("E",))
    agent = Agent(ANA, Scripted(option_scores=honest))
    plan = measure.plan(ANA)

    async def all_cases():
        return [await measure.observe(agent, case) for case in plan.cases]

    seen = asyncio.run(all_cases())
    again = [dataclasses.replace(o, data=json.loads(json.dumps(o.data))) for o in seen[::-1]]
    first_, second = measure.summarise(plan, seen), measure.summarise(plan, again)
    assert [m.value for m in first_] == [m.value for m in second]
