"""Worlds: the formulas against hand arithmetic, the prompts of other worlds, and what happens without logits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from personae import Message, Persona, Settings
from personae.agent.decoding.intensity import AutoIntensity, auto_weight
from personae.agent.decoding.mixing import RANKING, Guidance, Listener, SelfConscious, guided, listener, speaker
from personae.agent.decoding.nli_rerank import NLIRerank
from personae.agent.decoding.sample import Sample
from personae.agent.decoding.strategies import ALPHAS, STRATEGIES, strategy_weight
from personae.agent.decoding.worlds import (
    MultiWorld,
    mixes_worlds,
    near_distractors,
    random_distractors,
    rank_worlds,
    self_conscious,
    world,
)
from personae.agent.prompting import RolePlayPrompt
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.memory import Recalled
from personae.models.mixes import Vocabulary, path_logprobs, pick
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.scripted import Scripted
from personae.types import Completion, Conversation

#: The worked example: three tokens, the persona's world and one distractor.
TWO = np.log([[0.5, 0.3, 0.2], [0.5, 0.1, 0.4]])
UNIFORM = np.log([0.5, 0.5])
NO_WORDS = Vocabulary(lambda: (), frozenset())


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"),
    [
        (1.0, 1.0, [0.46154, 0.41538, 0.12308]),
        (2.0, 0.5, [0.44660, 0.43080, 0.12260]),
        (8.0, 1.0, [0.06100, 0.93805, 0.00095]),
    ],
)
def test_the_self_conscious_speaker_has_the_published_numbers(alpha, beta, expected):
    spoken = np.exp(speaker(TWO[0], listener(TWO, UNIFORM, beta)[0], alpha))
    assert spoken == pytest.approx(expected, abs=5e-5)
    assert spoken.sum() == pytest.approx(1, abs=1e-5)


def test_hearing_the_second_token_moves_the_listener_to_three_quarters():
    belief = Listener(alpha=2.0, beta=1.0, worlds=2)
    belief.scores(TWO)
    belief.said(1)
    assert np.exp(belief.log_prior) == pytest.approx([0.75, 0.25])


def test_without_alpha_the_speaker_is_the_plain_prompt_exactly():
    blend = SelfConscious(alpha=0.0, beta=1.0).begin(2, NO_WORDS)
    assert (blend.scores(TWO) == TWO[0]).all()


def test_the_listener_is_normalised_over_worlds_and_the_speaker_over_tokens():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 30, (3, 5000))
    logprobs = logits - np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
    logprobs -= logits.max(axis=1, keepdims=True)
    heard = listener(logprobs, np.log(np.full(3, 1 / 3)), 1.0)
    assert np.exp(heard).sum(axis=0) == pytest.approx(1, abs=1e-5)
    assert np.exp(speaker(logprobs[0], heard[0], 8.0)).sum() == pytest.approx(1, abs=1e-5)


def test_nothing_underflows_when_worlds_disagree_by_thousands_of_nats():
    blend = RANKING.begin(2, NO_WORDS)
    for _ in range(50):
        scores = blend.scores(np.array([[-3000.0, -0.0], [-0.0, -3000.0]]))
        assert np.isfinite(scores).any()
        assert not np.isnan(scores).any()
        blend.said(1)


def test_a_token_no_world_can_say_leaves_the_belief_as_it_was():
    nothing = np.array([[0.0, -math.inf], [0.0, -math.inf]])
    assert np.exp(listener(nothing, np.log([0.7, 0.3]), 1.0))[:, 1] == pytest.approx([0.7, 0.3])


@pytest.mark.parametrize(
    ("alpha", "expected"), [(0.75, [0.85654, 0.09564, 0.04782]), (1.5, [0.93857, 0.04095, 0.02048])]
)
def test_guidance_has_the_published_numbers(alpha, expected):
    p, none = np.log([0.7, 0.2, 0.1]), np.log([0.4, 0.4, 0.2])
    assert np.exp(guided(p, none, 1 + alpha)) == pytest.approx(expected, abs=5e-6)


def test_no_intensity_is_the_world_without_the_persona_and_one_is_the_plain_prompt():
    p, none = np.log([0.7, 0.2, 0.1]), np.log([0.4, 0.4, 0.2])
    assert (guided(p, none, 0) == none).all()
    assert (guided(p, none, 1) == p).all()


def test_a_token_the_persona_cannot_say_stays_impossible_at_any_intensity():
    p, none = np.array([0.0, -math.inf]), np.array([-math.inf, 0.0])
    for w in (0.5, 1.75, 2.5):
        assert np.exp(guided(p, none, w)) == pytest.approx([1.0, 0.0])


def test_what_is_implausible_with_the_persona_cannot_win_by_being_more_so_without():
    p, none = np.log([0.9, 0.099, 0.001]), np.log([0.9, 0.0999999999, 1e-10])
    assert guided(p, none, 2.5).argmax() == 2
    cut = np.exp(guided(p, none, 2.5, plausible=0.05))
    assert cut[2] == 0
    assert cut.sum() == pytest.approx(1)
    assert (guided(p, none, 1.0, plausible=0.05) == p).all()
    with pytest.raises(UsageError, match="plausible is 2"):
        Guidance(plausible=2)


@pytest.mark.parametrize("w", [-0.1, 2.6, math.nan])
def test_an_intensity_out_of_range_is_refused(w):
    with pytest.raises(UsageError, match=r"0 \(no persona\)"):
        Guidance(w)


def test_the_strategies_stand_in_the_published_order_with_their_alphas():
    assert STRATEGIES[0] == "question"
    assert STRATEGIES[-1] == "other"
    assert [ALPHAS[name] for name in STRATEGIES] == [0, 0.75, 0, 0, 0.75, 0.75, 0.75, 0.375]
    assert strategy_weight("suggestions") == 1.75
    with pytest.raises(UsageError, match="known are question, restatement"):
        strategy_weight("joking")


def test_a_path_is_scored_token_by_token_with_a_moving_belief():
    both = np.stack([TWO, TWO], axis=1)
    first, second = path_logprobs(SelfConscious(1.0, 1.0), both, [1, 1], NO_WORDS)
    assert math.exp(first) == pytest.approx(0.41538, abs=5e-5)
    weights = np.array([0.5 * 0.75, 0.3 * 0.9, 0.2 * 0.6])  # S₀ · L₀ with the prior ¾, ¼
    assert math.exp(second) == pytest.approx(weights[1] / weights.sum())


def test_sampling_is_repeatable_and_keeps_to_top_p():
    scores = np.log([0.5, 0.3, 0.2])
    settings = Settings(temperature=1.0, top_p=0.7)
    drawn = [pick(scores, settings, np.random.default_rng(seed)) for seed in range(50)]
    assert set(drawn) == {0, 1}
    assert drawn == [pick(scores, settings, np.random.default_rng(seed)) for seed in range(50)]


# The worlds of a prompt


def _persona(name: str, *facts: str) -> Persona:
    return Persona(name=name, statements=[{"id": f"s{n}", "text": fact} for n, fact in enumerate(facts)])


ANA = _persona("Ana", "I am an archivist.", "I live in Porto.")
RUI = _persona("Rui", "I mend nets.")


def prompt_for(persona: Persona, text: str = "Where do you live?") -> Prompted:
    talk = Recalled(Conversation((Message("user", text),)))
    return RolePlayPrompt()(persona, talk, user="Ines", seed=0, count_tokens=len, max_tokens=None)


def test_the_world_of_another_persona_is_the_prompt_that_persona_would_have():
    assert world(prompt_for(ANA), ANA, RUI) == prompt_for(RUI).messages


def test_the_world_without_persona_keeps_the_talk_and_the_frame():
    none = world(prompt_for(ANA), ANA, None)
    assert "archivist" not in none[0].content
    assert none[0].role == "system"
    assert none[0].content
    assert none[1:] == prompt_for(ANA).messages[1:]


def test_a_prompt_that_does_not_name_its_persona_has_no_other_worlds():
    with pytest.raises(UsageError, match="no section 'persona'"):
        world(Prompted((Message("system", "You are Ana."),)), ANA, None)


def test_distractors_are_never_the_persona_itself():
    pool = [ANA, *(_persona(f"P{n}", f"I own {n} boats.") for n in range(5))]
    for seed in range(10):
        assert ANA not in random_distractors(ANA, pool, seed=seed)
    with pytest.raises(UsageError, match="2 distractors wanted, the pool offers 0"):
        random_distractors(ANA, [ANA])


def test_near_distractors_come_from_the_asked_ranks():
    class Numbers:
        name = "numbers"

        def embed(self, texts):
            angles = [int(text.split()[2]) / 50 for text in texts]
            return np.array([[math.cos(angle), math.sin(angle)] for angle in angles])

    pool = [_persona(f"P{n}", f"I own {n} boats.") for n in range(60)]
    for seed in range(20):
        chosen = near_distractors(pool[0], pool, Numbers(), seed=seed)
        assert all(10 <= int(each.name[1:]) <= 50 for each in chosen)


# The decoder


@dataclass
class Toy(Scripted):
    """A model that shows two-token logits: what is asked of it is kept."""

    def __init__(self) -> None:
        super().__init__(name="toy")
        self.asked: list[tuple] = []

    async def step_worlds(self, prompts, mix, settings):
        self.asked.append((prompts, mix))
        return Completion("mixed")

    async def score_worlds(self, prompts, candidates, mixes):
        vocabulary = {"net": 1, "map": 0, "sea": 2}
        every = np.repeat(TWO[:, None], 3, axis=1)
        rows = [[vocabulary[word] for word in text.split()] for text in candidates]
        return [[path_logprobs(mix, every[:, : len(row)], row, NO_WORDS) for row in rows] for mix in mixes]


async def test_multi_world_reads_the_prompt_with_and_without_the_persona():
    model, heard = Toy(), []
    decoded = await MultiWorld(Guidance(2.0))(model, prompt_for(ANA), Settings(), persona=ANA, on_text=heard.append)
    assert mixes_worlds(model)
    ((prompts, mix),) = model.asked
    assert prompts == [prompt_for(ANA).messages, world(prompt_for(ANA), ANA, None)]
    assert mix == Guidance(2.0)
    assert (decoded.completion.text, decoded.how, heard) == ("mixed", "worlds", ["mixed"])


async def test_self_consciousness_reads_one_world_for_each_distractor():
    model = Toy()
    await self_conscious(RUI, _persona("Eva", "I drive a bus."))(model, prompt_for(ANA), Settings(), persona=ANA)
    ((prompts, mix),) = model.asked
    assert (len(prompts), mix) == (3, SelfConscious(2.0, 0.5))


async def test_the_intensity_follows_the_question():
    scorer = ScriptedPairs(relevant={("I live in Porto.", "Where do you live?"): 0.9})
    model = Toy()
    decode = MultiWorld(AutoIntensity(scorer, alpha=0.5, contrast=1.0, centre=0.5))
    await decode(model, prompt_for(ANA), Settings(), persona=ANA)
    await decode(model, prompt_for(ANA, "Nice weather!"), Settings(), persona=ANA)
    assert [mix.w for _, mix in model.asked] == pytest.approx([1.35, 0.0])


async def test_contrast_keeps_a_scorers_base_rate_out_of_small_talk():
    scorer = ScriptedPairs(relevant={("I sail.", "Hello!"): 0.3, ("I sail.", "Hobbies?"): 0.85})
    assert await auto_weight(scorer, ["I sail."], "Hello!") < 0.1
    assert await auto_weight(scorer, ["I sail."], "Hobbies?") > 0.9
    with pytest.raises(UsageError, match="contrast > 0"):
        AutoIntensity(scorer, contrast=0)


async def test_the_intensity_never_leaves_its_range_and_is_plain_where_nothing_can_be_judged():
    scorer = ScriptedPairs(relevant={("I sail.", "Hobbies?"): 1.0})
    assert await auto_weight(scorer, ["I sail."], "Hobbies?", alpha=3.0) == 2.5
    assert await auto_weight(scorer, [], "Hobbies?") == 1.0
    assert await auto_weight(scorer, ["I sail."], "  ") == 1.0


async def test_a_model_without_logits_is_answered_for_by_the_fallback_and_the_result_says_so():
    decoded = await MultiWorld(otherwise=Sample())(Scripted(["By the sea."]), prompt_for(ANA), Settings(), persona=ANA)
    assert (decoded.completion.text, decoded.how) == ("By the sea.", "fallback")
    assert decoded.note == "'scripted' shows no logits: Sample answered instead of MultiWorld"


async def test_re_ranking_stands_in_and_drops_what_contradicts_the_persona():
    scorer = ScriptedPairs({("In Lyon.", "I live in Porto."): (0.9, 0.1, 0.0)})
    rerank = NLIRerank(scorer, base=lambda *_: [2.0, 1.0], n=2, weight=1.5)
    model = Scripted(["In Lyon.", "By the river."])
    decoded = await MultiWorld(otherwise=rerank)(model, prompt_for(ANA), Settings(), persona=ANA)
    assert (decoded.completion.text, decoded.how) == ("By the river.", "fallback")
    assert [candidate.text for candidate in decoded.candidates] == ["In Lyon.", "By the river."]


async def test_a_model_without_logits_and_without_fallback_is_an_error_with_the_next_step():
    with pytest.raises(UsageError, match="or give `otherwise=`"):
        await MultiWorld()(Scripted(["By the sea."]), prompt_for(ANA), Settings(), persona=ANA)


async def test_ranking_prefers_what_tells_the_persona_apart():
    scores = await rank_worlds(Toy(), [(), ()], ["map", "net", "sea"])
    assert scores == pytest.approx([math.log(p) for p in (0.06100, 0.93805, 0.00095)], abs=0.006)
    plain = await rank_worlds(Toy(), [(), ()], ["map", "net", "sea"], SelfConscious(0.0))
    assert plain == pytest.approx(TWO[0])


async def test_a_longer_candidate_is_not_worse_for_being_longer():
    short, long = await rank_worlds(Toy(), [(), ()], ["map", "map map map"], SelfConscious(0.0))
    assert short == pytest.approx(long)


@pytest.mark.parametrize(("mix", "worlds"), [(Guidance(), 3), (Guidance(), 1), (SelfConscious(), 1)])
def test_a_mix_says_how_many_worlds_it_needs(mix, worlds):
    with pytest.raises(UsageError, match=f"not {worlds}"):
        mix.begin(worlds, NO_WORDS)
