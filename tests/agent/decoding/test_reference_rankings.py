"""Rankings of given candidates and of recorded samples, held to reference values and to people's labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from stubs.skip import absent

from personae.agent import Agent
from personae.agent.decoding import NearPersona, NearTalk, NLIRerank, PlusPersona, SharesWords, SimOAP, select
from personae.measure.ranking import RankingCase, among_distractors, at_one, change_at_one, picks, read_ranking
from personae.metrics.tfidf import TfIdf
from personae.models import Scripted, open_pair_scorer
from personae.stats.intervals import bootstrap
from personae.stats.paired import compare
from personae.types import Completion, Conversation

SAMPLES = Path(__file__).parents[3] / "benchmarks" / "results" / "decoding_samples.jsonl"

#: Share of dialogues, in percent, that a reference value may be missed by.
TOLERANCE = 1.5


class Remembering:
    """An embedder that computes each text once."""

    def __init__(self, embedder):
        self._embedder, self._known, self.name = embedder, {}, embedder.name

    def embed(self, texts):
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.array([self._known[text] for text in texts])


@pytest.fixture(scope="module")
def remembering():
    """The embedder, computing each text once for all tests of this file."""
    from personae.models.embedder import MiniLM

    return Remembering(MiniLM())


@pytest.fixture
def dialogues(data_dir):
    return read_ranking(data_dir / "nli-compiled" / "nli_test_dnli_rank.jsonl")


async def percentages(cases, score):
    return {measured.name: 100 * measured.value for measured in at_one(await picks(cases, score))}


def persona_chat(data_dir):
    said, replies, personas = (
        (data_dir / "personachat" / f"{part}-val.txt").read_text("utf-8").splitlines() for part in ("src", "tgt", "per")
    )
    return [(p.split("</s>"), [line], reply) for p, line, reply in zip(personas, said, replies, strict=True)]


async def test_shared_words_rank_the_dialogues_as_the_reference_does(dialogues):
    assert len(dialogues) == 271
    every_text = [text for case in dialogues for text in (*case.candidates, *case.persona)]
    found = await percentages(dialogues, SharesWords(TfIdf.fit(every_text, tokeniser="whitespace")))
    assert found["hits@1"] == pytest.approx(26.9, abs=TOLERANCE)
    assert found["contradict@1"] == pytest.approx(24.4, abs=TOLERANCE)
    assert found["entail@1"] == pytest.approx(39.5, abs=TOLERANCE)


@pytest.mark.slow
async def test_embeddings_rank_the_dialogues_as_the_reference_does(dialogues, remembering):
    found = await percentages(dialogues, NearPersona(remembering))
    assert found["hits@1"] == pytest.approx(28.4, abs=TOLERANCE)
    assert found["contradict@1"] == pytest.approx(25.8, abs=TOLERANCE)
    assert found["entail@1"] == pytest.approx(40.6, abs=TOLERANCE)


@pytest.mark.slow
async def test_nearness_to_the_persona_finds_the_reply_among_19_others(data_dir, remembering):
    """1,000 PersonaChat turns (every seventh); reference P@1 .411, .573 with w = .5, .611 with w = 1."""
    turns = persona_chat(data_dir)
    cases = among_distractors([turns[row] for row in range(0, 7000, 7)])
    near, persona = NearTalk(remembering), NearPersona(remembering)
    found = {w: await picks(cases, PlusPersona(near, persona, w)) for w in (0.0, 0.5, 1.0)}
    hits = {w: at_one(picked)[0].value for w, picked in found.items()}
    assert hits == pytest.approx({0.0: 0.411, 0.5: 0.573, 1.0: 0.611}, abs=0.03)
    for w in (0.5, 1.0):
        gains = [float(found[w][id].kind == "gold") - float(found[0.0][id].kind == "gold") for id in found[w]]
        assert bootstrap(gains, seed=0).low > 0


@pytest.mark.slow
async def test_reranking_keeps_contradictions_off_the_top(dialogues, remembering):
    """At least 5 points fewer than the cosine picks, on every second dialogue; the labels are people's, not the
    scorer's."""
    near, scorer = NearPersona(remembering), open_pair_scorer("embedded")
    some = dialogues[::2]
    before, after = await picks(some, near), await picks(some, NLIRerank(scorer, near).rank)
    change = change_at_one(after, before, "contradict")
    assert change.value <= -0.05
    assert change.details["sign_p"] < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("way", ["SimOAP", "NLIRerank"])
async def test_the_pick_agrees_with_the_persona_more_than_a_random_pick(data_dir, remembering, way):
    """50 PersonaChat turns × 16 replies of the embedded model, recorded by benchmarks/decoding.py with the C-scores of
    another pair scorer than the one that chooses: other weights, trained on other data."""
    if not SAMPLES.is_file():
        absent(f"no recorded samples at {SAMPLES}; run benchmarks/decoding.py --only simoap")
    scorer, turns = open_pair_scorer("embedded"), persona_chat(data_dir)
    near = NearPersona(remembering)
    rank = {"SimOAP": SimOAP(scorer).rank, "NLIRerank": NLIRerank(scorer, near).rank}[way]
    picked, average = {}, {}
    for line in map(json.loads, SAMPLES.read_text("utf-8").splitlines()):
        assert line["judge"] != scorer.provenance["checkpoint"]
        statements, history, reply = turns[int(line["row"])]
        case = RankingCase(line["row"], tuple(statements), tuple(history), (reply,), ("gold",))
        prompted = await Agent(case.as_persona(), Scripted()).prompted(Conversation(case.context()))
        samples = [Completion(text, stop=stop) for text, stop in line["samples"]]
        usable = [index for index, sample in enumerate(samples) if sample.outcome == "answered"]
        choice = await select(prompted.messages, case.as_persona(), samples, rank)
        if len(usable) > 1 and choice.index is not None:
            picked[case.id] = line["c_scores"][choice.index]
            average[case.id] = float(np.mean([line["c_scores"][index] for index in usable]))
    gain = compare(picked, average)
    assert gain.difference > 0
    assert gain.p < 0.05
