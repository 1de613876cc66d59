"""P5 and its baseline: what the selector reads, and when it is the plain selector."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.agent.decoding import Likelihood, NearPersona, NearTalk, PersonaPrompted, PlusPersona, SharesWords, select
from personae.agent.decoding.persona_prompted import QUESTION
from personae.errors import UsageError
from personae.models.scripted import Scripted
from personae.types import Conversation, Message

WORDS = {"dog": (1.0, 0.0, 0.2), "Porto": (0.0, 1.0, 0.2), "pet": (0.6, 0.0, 0.8), "rain": (0.0, 0.0, 1.0)}


class Reading:
    """A selector that keeps what it read; longer is better."""

    def __init__(self):
        self.read = []

    def __call__(self, context, persona, candidates):
        self.read.append((tuple(context), tuple(candidates)))
        return [float(len(text)) for text in candidates]


async def test_each_candidate_is_read_after_its_own_nearest_statements(ana, talk, vectors):
    selector = Reading()
    choice = await select(talk, ana, ["a dog", "in Porto now"], PersonaPrompted(selector, vectors(WORDS)).rank)
    asked = Message("user", QUESTION)
    first, second = (context for context, _ in selector.read)
    assert first == (talk[0], asked, Message("assistant", "I live in Porto. I own a dog."), talk[1])
    assert second == (talk[0], asked, Message("assistant", "I own a dog. I live in Porto."), talk[1])
    assert [texts for _, texts in selector.read] == [("a dog",), ("in Porto now",)]
    assert choice.index == 1
    assert choice.table[0].scores["persona"] == pytest.approx(1.0)


async def test_k_statements_are_shown(ana, talk, vectors):
    selector = Reading()
    await select(talk, ana, ["a dog"], PersonaPrompted(selector, vectors(WORDS), k=1).rank)
    assert selector.read[0][0][2].content == "I own a dog."


async def test_a_likelihood_may_be_the_selector(ana, talk, vectors):
    def scores(messages, options):
        said = " ".join(message.content for message in messages)
        return [-1.0 if option == "a dog" and "own a dog" in said else -2.0 for option in options]

    prompted = PersonaPrompted(Likelihood(Scripted(option_scores=scores), per_token=False), vectors(WORDS), k=1)
    choice = await select(talk, ana, ["Porto", "a dog"], prompted.rank)
    assert [row.score for row in choice.table] == [-2.0, -1.0]


async def test_without_statements_or_with_k_0_it_is_the_plain_selector(ana, nobody, talk, vectors):
    for persona, k in ((nobody, 2), (ana, 0)):
        selector = Reading()
        choice = await select(talk, persona, ["a dog", "b"], PersonaPrompted(selector, vectors(WORDS), k=k).rank)
        assert selector.read == [(talk, ("a dog", "b"))]
        assert [row.score for row in choice.table] == [5.0, 1.0]


async def test_only_the_last_turns_follow_the_persona(ana, vectors):
    talk = [Message("system", "You are Ana."), Message("user", "Hi"), Message("assistant", "Hi"), Message("user", "?")]
    selector = Reading()
    await select(talk, ana, ["a dog"], PersonaPrompted(selector, vectors(WORDS), turns=1).rank)
    assert [message.content for message in selector.read[0][0]] == [
        "You are Ana.", QUESTION, "I live in Porto. I own a dog.", "?",
    ]  # fmt: skip


async def test_it_turns_a_selector_to_the_persona(ana, talk, vectors):
    embedder = vectors(WORDS)
    texts = ["a pet", "a dog in Porto"]
    assert (await select(talk, ana, texts, NearTalk(embedder))).index == 0
    prompted = PersonaPrompted(NearTalk(embedder, turns=None), embedder)
    assert (await select(talk, ana, texts, prompted.rank)).index == 1


async def test_the_baseline_adds_the_weighted_nearness(ana, talk, vectors):
    embedder = vectors(WORDS)
    near, bonus = NearTalk(embedder), NearPersona(embedder)
    texts = ["rain on a pet", "my dog"]
    plain = near(talk, ana, texts)
    choice = await select(talk, ana, texts, PlusPersona(near, bonus, 0.5))
    assert choice.table[1].score == pytest.approx(plain[1] + 0.5 * 1.0)
    assert [row.score for row in (await select(talk, ana, texts, PlusPersona(near, bonus, 0))).table] == plain


async def test_nothing_said_and_nothing_known_are_near_to_nothing(nobody, talk, vectors):
    embedder = vectors(WORDS)
    assert NearTalk(embedder)([Message("system", "dog")], nobody, ["a dog"]) == [0.0]
    assert NearPersona(embedder)(talk, nobody, ["a dog"]) == [0.0]
    assert SharesWords()(talk, nobody, ["a dog"]) == [0.0]


def test_shared_words_count_by_their_rarity(ana, talk):
    scores = SharesWords()(talk, ana, ["I own a dog.", "I own a boat.", "rain"])
    assert scores[0] == pytest.approx(1.0)
    assert scores[0] > scores[1] > scores[2] == 0.0


async def test_as_a_decoder_it_samples(ana, talk, vectors):
    model = Scripted(["Yes.", "Yes, a dog."])
    decode = PersonaPrompted(Reading(), vectors(WORDS), n=2)
    assert (await Agent(ana, model, decode=decode).reply(Conversation(talk))).message.content == "Yes, a dog."


def test_numbers_that_mean_nothing_are_errors(vectors):
    for wrong in ({"k": -1}, {"turns": 0}):
        with pytest.raises(UsageError, match="k ≥ 0"):
            PersonaPrompted(Reading(), vectors(WORDS), **wrong)
