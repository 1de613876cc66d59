"""The harm audit on models whose bias is known: found and sized where there is one, not flagged where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import FormatError
from personae.measure.harm import Chosen, HarmSuite, Readers, bands, choose, read_prompts, read_statements
from personae.measure.harm.aspects import evasive, read
from personae.measure.sweep import Item, Subject
from personae.measure.sweep.suite import audit
from personae.models.scripted import Scripted
from personae.types import Completion

PEOPLE = tuple(Subject(id, f"a {id}", "trade") for id in ("baker", "nurse", "sailor", "tailor", "miner"))


def _items(n, aspects=("offensiveness",)):
    return Chosen(tuple(Item(f"i{at}", f"Remark {at}.", {"aspects": list(aspects), "source": "dialogue"})
                        for at in range(n)), ())  # fmt: skip


async def _numbers(suite, model, folder, people=PEOPLE):
    return {each.name: each for each in await audit(suite, people, model, folder)}


async def test_a_bias_is_found_and_sized(worded, speaking, tmp_path):
    suite = HarmSuite(_items(300), Readers(toxicity=worded()), permutations=200)
    found = await _numbers(suite, speaking({"sailor": 0.35}), tmp_path)
    passing = found["harm.offensiveness"]
    against = {each["subject"]: each for each in passing.details["against_human"]}
    assert against["sailor"]["found"]
    assert against["sailor"]["low"] <= -0.30 <= against["sailor"]["high"]
    assert not any(against[who]["found"] for who in ("baker", "nurse", "tailor", "miner"))
    score = found["harm.offensiveness.hds"]
    true = np.var([95, 95, 95, 95, 65], ddof=1)
    assert score.details["p"] <= 0.05
    assert score.details["adjusted"] == pytest.approx(true, rel=0.35)
    assert found["harm"].details["found"] == ["offensiveness"]
    assert passing.details["card"]["scorer"] == "worded"
    assert passing.details["personas"].keys() >= {"none", "human", "average_human"}


async def test_no_bias_is_no_finding(worded, speaking, tmp_path):
    suite = HarmSuite(_items(150), Readers(toxicity=worded()), permutations=200)
    found = await _numbers(suite, speaking({}), tmp_path)
    assert found["harm"].details["found"] == []
    assert not any(each["found"] for each in found["harm.offensiveness"].details["against_human"])
    assert found["harm.offensiveness.hds"].details["verdict"] == "no difference beyond chance"


async def test_a_difference_that_only_the_scorer_sees_is_called_its_artefact(worded, speaking, tmp_path):
    readers = Readers(toxicity=worded({"miner": 0.6}), mask=lambda text: text.replace("miner", "person"))
    model = speaking({}, names_itself=True)
    found = (await _numbers(HarmSuite(_items(100), readers, permutations=200), model, tmp_path))[
        "harm.offensiveness.hds"
    ]
    assert found.details["p"] <= 0.05
    assert found.details["masked"]["p"] > 0.05
    assert found.details["verdict"] == "scorer artefact"
    assert found.details["self_descriptions"]["personas"]["miner"] == 0.7
    real = HarmSuite(_items(100), Readers(toxicity=worded(), mask=readers.mask), permutations=200)
    stands = await _numbers(real, speaking({"miner": 0.5}, names_itself=True), tmp_path / "real")
    assert stands["harm.offensiveness.hds"].details["verdict"] == "stands without identity terms"


async def test_what_is_no_reply_is_invalid_unless_the_published_rule_is_asked_for(worded, tmp_path):
    said = [Completion("")] * 2 + [Completion("I say 0.9 and", stop="length")] + [Completion("I say 0.1")] * 2
    people = (Subject("b", "a baker"), Subject("n", "a nurse"))
    for empty_passes, missing in ((False, {"empty": 2}), (True, {})):
        suite = HarmSuite(_items(1), Readers(toxicity=worded()), seeds=(0,), empty_passes=empty_passes)
        model = Scripted([*said[2:], *said[:2]])
        found = await _numbers(suite, model, tmp_path / str(empty_passes), people)
        assert found["harm.offensiveness"].missing == missing
    assert found["harm.offensiveness"].value == 1.0


async def test_aspects_that_cannot_be_read_have_reasons(worded, tmp_path):
    suite = HarmSuite(_items(2, ("offensiveness", "regard")), Readers(toxicity=worded()))
    found = await _numbers(suite, Scripted(lambda messages: "I say 0.1"), tmp_path, PEOPLE[:1])
    assert found["harm.regard"].reason.startswith("no regard reader")
    assert found["harm.stereotype_agreement"].reason == "no stance reader"
    assert found["harm.toxic_continuation"].reason == "no items of this kind were given"
    assert found["harm"].reason == "one persona; a difference needs two"
    assert found["harm.offensiveness"].value == 1.0


async def test_evasion_and_lost_roles_are_counted_apart(worded, tmp_path):
    suite = HarmSuite(_items(4), Readers(toxicity=worded()))
    model = Scripted(lambda messages: "As an AI language model, I'm sorry, I cannot play a baker.")
    found = await _numbers(suite, model, tmp_path, PEOPLE[:2])
    assert found["harm.evasive"].value == found["harm.role_lost"].value == 1.0
    assert found["harm.role_lost"].details["signs"]["dropped"] == 1.0
    assert not evasive("I am sorry to hear that.")


async def test_each_rule_fails_at_its_own_line(worded):
    class View(worded):
        pass

    readers = Readers(worded(), View(), lambda text: "agree" if "agree" in text else "neither", words={"Rotten"})
    texts = ["at 0.5 sharp", "a rotten day 0.1", "I agree 0.02"]
    aspects = ["offensiveness", "toxic_continuation", "regard", "stereotype_agreement"]
    found = await read(readers, texts, [aspects] * 3)
    assert [list(each.values()) for each in found] == [
        [False, True, False, True],
        [False, True, False, True],
        [True, True, True, False],
    ]


def test_the_released_prompts_fall_into_the_bands_the_paper_needs(data_dir):
    prompts = read_prompts(data_dir / "rtp_decodingtrust")
    found = bands(prompts)
    assert (found["(.8, .9]"], found["(.9, 1]"], found["toxic"]) == (292, 537, 993)
    chosen = choose(prompts)
    counted = {aspect: sum(aspect in item.data["aspects"] for item in chosen.items)
               for aspect in ("offensiveness", "toxic_continuation", "regard", "toxic_agreement")}  # fmt: skip
    assert counted == {"offensiveness": 1030, "toxic_continuation": 792, "regard": 1000, "toxic_agreement": 500}
    assert chosen.notes == ("toxic_continuation: 292 prompts in (.8, .9] where 500 are asked for",)
    assert choose(prompts) == chosen
    assert choose(prompts, seed=1).items != chosen.items


def test_released_statements_are_read_with_their_groups(data_dir):
    found = read_statements(data_dir / "stereotype_decodingtrust" / "user_prompts.csv")
    assert len(found) == 1152
    assert "[target_group]" not in "".join(found)


@pytest.mark.parametrize("text", ["", "not json", "[1, 2]", '{"text": "a"}'])
def test_a_file_without_prompts_is_said_to_have_none(text, tmp_path):
    (tmp_path / "prompts.jsonl").write_text(text)
    with pytest.raises(FormatError):
        read_prompts(tmp_path)
