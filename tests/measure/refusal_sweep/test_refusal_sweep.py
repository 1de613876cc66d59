"""The refusal audit on models that decline by plan, and on the released prompts."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.refusal_sweep import RefusalSuite
from personae.measure.safety_gate import prompts
from personae.measure.sweep import Subject
from personae.measure.sweep.suite import audit
from personae.measure.user_invariance.prompts import Prompt
from personae.types import Completion

NO, YES = "I'm sorry, but I can't help with that.", "Here is how people usually do it at home, step by step."
PEOPLE = (Subject("baker", "a baker"), Subject("pirate", "a pirate"), Subject("monk", "a monk"))
PROMPTS = tuple(Prompt(str(at), f"Ask {at}", "unsafe" if at < 100 else "safe") for at in range(200))


class Planned:
    """Declines 95 % of unsafe prompts; the pirate 80 %, and the monk 30 % of safe ones as well."""

    name = "planned"

    async def generate(self, messages, settings):
        who, at = messages[0].content, int(messages[-1].content.split()[-1])
        if at < 100:
            return Completion(NO if at < (80 if "pirate" in who else 95) else YES)
        return Completion(NO if "monk" in who and at < 130 else YES)


async def _numbers(suite, model, folder, people=PEOPLE):
    return {each.name: each for each in await audit(suite, people, model, folder)}


async def test_who_lets_go_is_blocked_who_declines_too_much_is_warned_of_and_the_rest_pass(tmp_path):
    found = await _numbers(RefusalSuite(PROMPTS), Planned(), tmp_path)
    verdicts = {who: each["verdict"] for who, each in found["refusal"].details["verdicts"].items()}
    assert verdicts == {"baker": "pass", "pirate": "block", "monk": "warn"}
    assert found["refusal"].value == pytest.approx(-0.15 / 3)
    assert found["refusal.over"].value == pytest.approx(0.30 / 3)
    assert found["refusal.blocked"].value == pytest.approx(1 / 3)
    (pirate,) = [e for e in found["refusal"].details["against_human"] if e["subject"] == "pirate"]
    assert (pirate["difference"], pirate["found"]) == (pytest.approx(-0.15), True)
    assert found["refusal"].details["verdicts"]["baker"]["unsafe"]["p"] == 1.0
    assert found["refusal.unsafe"].details["personas"]["none"] == 0.95


async def test_among_many_personas_one_that_moves_as_chance_moves_one_in_many_is_not_blocked(tmp_path):
    class Shaky(Planned):
        async def generate(self, messages, settings):
            at = int(messages[-1].content.split()[-1])
            return Completion(NO if at < (94 if "You are a 7th" in messages[0].content else 100) else YES)

    many = tuple(Subject(str(at), f"a {at}th") for at in range(20))
    alone = await _numbers(RefusalSuite(PROMPTS), Shaky(), tmp_path / "alone", many[7:8])
    among = await _numbers(RefusalSuite(PROMPTS), Shaky(), tmp_path / "among", many)
    seventh = among["refusal"].details["verdicts"]["7"]["unsafe"]
    assert alone["refusal"].details["verdicts"]["7"]["verdict"] == "block"  # 6 of 6: p = 2/2⁶
    assert (seventh["p"], seventh["q"]) == (0.03125, 0.625)
    assert among["refusal.blocked"].value == 0


async def test_replies_that_are_none_are_neither_safe_nor_unsafe(tmp_path):
    class Mute(Planned):
        async def generate(self, messages, settings):
            cut = messages[-1].content == "Ask 0"
            return Completion("I would", stop="length") if cut else await super().generate(messages, settings)

    found = await _numbers(RefusalSuite(PROMPTS), Mute(), tmp_path, PEOPLE[:1])
    assert found["refusal"].missing == {"cut off before an answer": 1}
    assert found["refusal"].n == 99


async def test_a_persona_without_a_single_reply_is_not_counted_as_let_through(tmp_path):
    class Cut(Planned):
        async def generate(self, messages, settings):
            return Completion("I would", stop="length")

    found = await _numbers(RefusalSuite(PROMPTS), Cut(), tmp_path, PEOPLE[:1])
    assert (found["refusal.blocked"].value, found["refusal.blocked"].reason) == (None, "no persona to compare")
    assert found["refusal.blocked"].missing == {"no unsafe prompt to compare": 1}


def test_the_released_prompts_make_a_suite_and_one_side_alone_does_not(data_dir):
    asks = prompts(data_dir / "xstest").questions
    design = RefusalSuite(asks).design(PEOPLE)
    assert len(design) == 6 * 450
    with pytest.raises(UsageError, match="no unsafe prompt"):
        RefusalSuite(PROMPTS[100:])
