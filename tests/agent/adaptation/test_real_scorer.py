"""The turn's persona with the pair scorer that comes with the toolkit: grounding, inventing, and asking twice."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import NamedTuple

import pytest

from personae.agent.adaptation import Invent, Notebook, Pool, prior
from personae.metrics.tfidf import TfIdf
from personae.models import open_pair_scorer
from personae.models.embedder import MiniLM
from personae.persona.find import find, starter_paths
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, Conversation, Message


class Grounded(NamedTuple):
    """A reply, the statement it was written from (first) and four others."""

    reply: str
    statements: list[str]


def grounded(data_dir: Path) -> list[Grounded]:
    """Replies whose statement is known, each with four random other statements, seed 0."""
    lines = (data_dir / "nli-compiled" / "nli_train.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if '"compac_pos"' in line]
    all_statements, chance = sorted({row["h"] for row in rows}), random.Random(0)
    return [
        Grounded(row["p"], [row["h"], *chance.sample([h for h in all_statements if h != row["h"]], 4)]) for row in rows
    ]


def test_shared_words_find_the_statement_of_a_reply_four_times_in_five(data_dir):
    cases = grounded(data_dir)
    assert len(cases) == 3661
    model = TfIdf.fit([text for case in cases for text in (case.reply, case.statements[0])])
    hits = 0
    for case in cases:
        scores = model.similarities(case.reply, case.statements)
        hits += scores[0] > max(scores[1:])
    print(f"grounding, true + 4: TF-IDF {hits / len(cases):.3f} (on the whole set: .826)")
    assert 0.80 <= hits / len(cases) <= 0.87


@pytest.mark.slow
async def test_the_relevance_head_finds_the_statement_of_a_reply(data_dir):
    scorer, embedder, cases = open_pair_scorer("embedded"), MiniLM(), grounded(data_dir)[::20]
    by_head = by_cosine = 0
    for case in cases:
        statements = [Statement(id=str(n), text=text) for n, text in enumerate(case.statements)]
        shares = await prior(statements, case.reply, scorer, to="reply")
        by_head += shares[0] == max(shares)
        vectors = embedder.embed([case.reply, *case.statements])
        by_cosine += int((vectors[1:] @ vectors[0]).argmax()) == 0
    print(
        f"grounding, true + 4, {len(cases)} replies: MiniLM cosine {by_cosine / len(cases):.3f} (whole set .951), "
        f"relevance head {by_head / len(cases):.3f} (target .965)"
    )
    assert by_cosine / len(cases) >= 0.90
    assert by_head / len(cases) >= 0.90


@pytest.mark.slow
async def test_what_is_put_in_the_place_of_a_missing_statement_contradicts_nothing(data_dir):
    folder = data_dir / "persona-extend"
    cases = json.loads((folder / "data_valid_v2.json").read_text("utf-8"))["data"][::50]
    everybody = json.loads((folder / "data_original_valid.json").read_text("utf-8"))["data"]
    facts = dict.fromkeys(fact for row in everybody for fact in row["full_personas"])
    scorer, embedder, pool, above, found = open_pair_scorer("embedded"), MiniLM(), Pool(tuple(facts)), 0, 0
    for number, case in enumerate(cases):
        given = tuple(Statement(id=f"s{n}", text=text) for n, text in enumerate(case["insuf_personas"]))
        persona = Persona(name=f"Persona {number}", statements=given)
        invent = Invent(scorer, pool, Notebook(), embedder, known=2.0, when=lambda text: True)
        told = await invent.answer(persona, Conversation((Message("user", case["input"]),)))
        if told.statement is None:
            continue
        found += 1
        new, old = [told.statement.text] * len(given), [statement.text for statement in given]
        rows = await scorer.score([*new, *old], [*old, *new])
        above += int((rows[:, CONTRADICTION] >= 0.5).sum())
    print(
        f"{found} of {len(cases)} profiles got a fact in the place of the missing one; {above} contradict a given one"
    )
    assert found >= 0.9 * len(cases)
    assert above == 0


@pytest.mark.slow
async def test_a_question_asked_twice_gets_the_same_fact_and_a_known_one_none(tmp_path):
    scorer, embedder = open_pair_scorer("embedded"), MiniLM()
    keeper = find("lighthouse-keeper")
    questions = ["Do you own a car?", "Have you ever been to Japan?", "What music do you listen to?"]
    first = [await _asked(scorer, embedder, tmp_path, keeper, question) for question in questions]
    again = [await _asked(scorer, embedder, tmp_path, keeper, question) for question in questions]
    print(list(zip(questions, [(one.how, one.statement and one.statement.text) for one in first], strict=True)))
    for one, two in zip(first, again, strict=True):
        assert one.statement == two.statement
        assert two.how in ("noted", "known", "nothing fits")


async def _asked(scorer, embedder, folder, persona, question):
    invent = Invent(scorer, notebook=Notebook(folder / "notes.jsonl"), embedder=embedder)
    return await invent.answer(persona, Conversation((Message("user", question),)))


@pytest.mark.slow
async def test_questions_within_and_beyond_the_profile_are_told_apart():
    scorer, embedder = open_pair_scorer("embedded"), MiniLM()
    counts = {True: [0, 0], False: [0, 0]}
    for name in list(starter_paths())[:6]:
        person = find(name)
        if person.language != "en":
            continue
        for asked in [s for s in person.statements if s.probe][::5]:
            assert asked.probe is not None
            for within in (True, False):
                kept = tuple(s for s in person.statements if within or s.kind != asked.kind)
                invent = Invent(scorer, embedder=embedder)
                talk = Conversation((Message("user", asked.probe.question),))
                told = await invent.answer(person.edited(statements=kept), talk)
                counts[within][told.how == "known"] += 1
    shares = {within: known / (known + unknown) for within, (unknown, known) in counts.items()}
    print(f"a statement answers: {shares[True]:.2f} of questions within the profile, {shares[False]:.2f} beyond it")
    assert shares[True] - shares[False] >= 0.2
