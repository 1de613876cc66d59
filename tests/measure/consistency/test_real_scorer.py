"""With the embedded pair scorer: the published example keeps its order, and talks belong to their own personas."""

from __future__ import annotations

import ast
import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
from stubs.reader import Reader

from personae.agent import Agent
from personae.measure.consistency.apc import apc, apc_share, delta_apc_per_asked
from personae.measure.consistency.asking import judged
from personae.measure.consistency.family import (
    balance,
    c_score,
    coh_con,
    entailed_share,
    kinds_of,
)
from personae.measure.consistency.matrix import consistency_matrix
from personae.measure.consistency.measure import Consistency
from personae.measure.consistency.recoverability import profile_fit, recovered
from personae.measure.probes import starter_personas
from personae.models.registry import open_pair_scorer
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.stats.paired import sign_flip
from personae.types import CONTRADICTION, ENTAILMENT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pairs():
    return open_pair_scorer("embedded")


async def test_the_more_a_reply_says_of_what_is_asked_the_higher_its_apc(pairs):
    """The order of the published example: 1.608, .996 and .033 there."""
    lives = "Komeiji Koishi lives with her sister, Komeiji Satori.", "Komeiji Koishi lives in Chireiden."
    koishi = Persona(
        name="Komeiji Koishi",
        identity={"pronouns": "she/her"},
        statements=[{"id": str(n), "text": text, "person": "third"} for n, text in enumerate(lives)],
    )
    replies = (
        "I live in Chireiden with my sister, Satori!",
        "I live in Chireiden!",
        "I live in Hakurei Shrine!",
    )
    matrix = await consistency_matrix(pairs, koishi, [("Where do you live, Koishi?", reply) for reply in replies])
    both, one, none = apc(matrix.asked, matrix.entailment, matrix.contradiction)
    assert both > one > none
    assert none < 0.3


def rows_of(data_dir, every):
    with (data_dir / "lmedr-outputs" / "persona_original.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[::every]
    return [([line.strip() for line in ast.literal_eval(row["persona"])], row["response"].strip()) for row in rows]


async def test_replies_follow_their_own_persona_more_than_that_of_another_talk(pairs, data_dir):
    rows = rows_of(data_dir, 60)
    half = len(rows) // 2

    async def balances(profiles):
        asked = [(reply, line) for (_, reply), profile in zip(rows, profiles, strict=True) for line in profile]
        kinds = kinds_of(await judged(pairs, [reply for reply, _ in asked], [line for _, line in asked]))
        parts = np.split(kinds, np.cumsum([len(profile) for profile in profiles])[:-1])
        return np.array([int(balance([part])[0]) for part in parts])

    own = await balances([profile for profile, _ in rows])
    shuffled = await balances([profile for profile, _ in rows[half:] + rows[:half]])
    assert own.mean() > shuffled.mean()
    assert sign_flip((own - shuffled).astype(float), seed=0) < 0.001


async def test_a_talk_gives_its_profile_away_among_five(pairs, data_dir):
    talks: dict[tuple[str, ...], list[str]] = {}
    for profile, reply in rows_of(data_dir, 1)[:600]:
        talks.setdefault(tuple(profile), []).append(reply)
    profiles, rng = list(talks), random.Random(0)
    fits = []
    for profile in profiles[:12]:
        others = rng.sample([other for other in profiles if not set(other) & set(profile)], 4)
        fits.append(await profile_fit(pairs, talks[profile][:4], [profile, *others]))
    found = recovered(fits)
    assert found.hit_rate > 0.6
    assert found.auc > 0.7


async def test_who_recites_itself_keeps_to_the_persona_more_than_who_recites_another(pairs):
    """Over four starters, eight statements each: a share of so few replies of one persona is noise.

    The share of replies that contradict nothing at all is left out: with these weights false alarms decide it (.44 for
    the own statements, .34 for another's).
    """
    pool = [each for each in starter_personas() if each.language == "en" and len(each.statements) >= 10][::5][:4]
    own, foreign = [], []
    for position, who in enumerate(pool):
        other = pool[position - 1]
        facts = [each for each in who.statements if each.probe and each.speaker == "self"][:8]
        who = who.edited(statements=facts)
        questions = [each.probe.question for each in facts]
        own.append(await consistency_matrix(pairs, who, [(q, f.text) for q, f in zip(questions, facts, strict=True)]))
        said = [each.text for each in other.statements[:8]]
        foreign.append(await consistency_matrix(pairs, who, list(zip(questions, said, strict=True))))

    def mean(number, matrices):
        return float(np.mean([number(matrix) for matrix in matrices]))

    assert mean(lambda m: entailed_share(m.kinds), own) > 0.9
    assert mean(lambda m: entailed_share(m.kinds), foreign) < 0.3
    for number in (
        lambda m: c_score(m.kinds),
        lambda m: coh_con(m.kinds, m.coherence).coh_con,
        lambda m: float(apc_share(m.asked, m.entailment, m.contradiction).mean()),
        lambda m: delta_apc_per_asked(m.asked, m.entailment, m.contradiction),
    ):
        assert mean(number, own) > mean(number, foreign)


async def test_the_measure_runs_with_it_from_the_questions_to_the_worst_pair(pairs):
    who = find("lighthouse-keeper")
    who = who.edited(statements=who.statements[:6])
    answers = {each.probe.question: each.text for each in who.statements}
    model = Reader(lambda messages: answers.get(messages[-1].content, "I could not say."))
    measure = Consistency(n=2, others=1, scorer=pairs)
    plan = measure.plan(who)
    observations = [await measure.observe(Agent(who, model), case) for case in plan.cases]
    numbers = {m.name.removeprefix("consistency."): m for m in measure.summarise(plan, observations)}
    assert numbers["consistency"].value > 0.7
    assert numbers["consistency"].details["worst"]["statement"]
    assert numbers["uncontradicted.recited"].details["numbers"]["entailed_share"] == 1.0
    assert numbers["consistency"].details["scorer"]["name"] == "pairs-minilm-l6-int8"


async def test_an_answer_in_other_words_shows_its_statement_and_a_false_one_does_not(pairs):
    """Free answers to the questions of three starters, all written before they were scored: 36 true, 36 false."""
    rows = [json.loads(line) for line in (Path(__file__).parent / "data" / "free_replies.jsonl").open(encoding="utf-8")]
    texts = [find(row["persona"]).statement(row["statement"]).text for row in rows]
    true = kinds_of(await judged(pairs, [row["true"] for row in rows], texts))
    false = kinds_of(await judged(pairs, [row["false"] for row in rows], texts))
    assert (true == ENTAILMENT).mean() > 0.75
    assert (true == CONTRADICTION).mean() < 0.15
    assert (false == ENTAILMENT).mean() < 0.1
    assert (false == CONTRADICTION).mean() > 0.4
