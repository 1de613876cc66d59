"""The knobs of weighted decoding on a toy vocabulary, where every feature can be counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae import Message, Persona, Settings
from personae.agent.decoding.knobs import DEFAULTS, KNOBS, Knobs, checked
from personae.agent.decoding.relatedness import Relatedness, common_words, everyday_sentences
from personae.agent.decoding.sample import Sample
from personae.agent.decoding.weighted import Weighted, asking, estimated_nidf, wants_question
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.metrics.nidf import content_words
from personae.models.mixes import Vocabulary, pick
from personae.models.scripted import Scripted
from personae.types import Completion

PIECES = (
    "", "I", " sail", "ing", " boat", "s", " the", " sea", "?", " why", ".", " B", "oat", " is", " far", "a", " sailing"
)  # fmt: skip
TOY = Vocabulary(lambda: PIECES, frozenset({0}))
FLAT = np.full((1, len(PIECES)), -math.log(len(PIECES)))


def fired(knob: str, *said: str, own=(), partner=(), **more) -> set[str]:
    """The pieces a knob of weight −1 fires on, after these pieces were said."""
    blend = Knobs({knob: -1.0}, own, partner, **more).begin(1, TOY)
    for piece in said:
        blend.said(PIECES.index(piece))
    return {piece for piece, gained in zip(PIECES, blend.scores(FLAT) - FLAT[0], strict=True) if gained < -0.5}


def test_a_content_word_of_an_earlier_reply_is_penalised_and_a_function_word_is_not():
    assert fired("own_word", own=["The boat is far."]) == {" boat", " far"}


def test_a_word_is_penalised_at_the_piece_that_completes_it():
    assert fired("own_word", own=["I love sailing"]) == {" sailing"}
    assert fired("own_word", " sail", own=["I love sailing"]) == {"ing", " sailing"}
    assert fired("own_word", " B", own=["My BOAT"]) == {"oat", " boat"}


def test_the_word_that_ends_here_may_not_be_said_again_within_the_reply():
    assert fired("reply_word", "I", " sail") == {" sail"}
    assert fired("reply_word", "I", " sail", "ing") == {" sailing"}


def test_a_pair_is_penalised_only_after_its_first_word():
    own = ["the sea is far"]
    assert fired("own_bigram", " the", own=own) == {" sea"}
    assert fired("own_bigram", " boat", own=own) == set()
    assert fired("own_bigram", own=own) == set()


def test_a_pair_does_not_reach_from_one_turn_to_the_next():
    assert fired("own_bigram", " the", own=["I see the", "sea"]) == set()


def test_the_pair_knob_of_the_partner_looks_at_the_partner_only():
    assert fired("partner_bigram", " the", own=["the sea"], partner=["The boat!"]) == {" boat"}


def test_a_pair_may_be_completed_in_pieces():
    assert fired("own_bigram", " the", " B", own=["the boat"]) == {"oat"}


def test_pairs_of_the_reply_itself_count_from_its_second_word():
    assert fired("reply_bigram", " the", " sea", ".", " the") == {" sea"}


def test_question_words_and_the_question_mark_are_one_feature():
    blend = Knobs({"question": 2.0}).begin(1, TOY)
    gained = blend.scores(FLAT) - FLAT[0]
    assert {PIECES[token] for token in np.flatnonzero(gained > 1)} == {"?", " why"}
    assert gained.max() == pytest.approx(2.0)


def test_rare_words_gain_what_their_rarity_weighs():
    blend = Knobs({"nidf": 4.0}, rarity={"sea": 1.0, "boat": 0.25}).begin(1, TOY)
    gained = dict(zip(PIECES, blend.scores(FLAT) - FLAT[0], strict=True))
    assert (gained[" sea"], gained[" boat"], gained["."]) == pytest.approx((4.0, 1.0, 0.0))


def test_a_taste_for_words_does_not_change_how_likely_a_word_goes_on():
    blend = Knobs({"nidf": 4.0}, rarity={"sea": 1.0, "s": 1.0}).begin(1, TOY)
    blend.said(PIECES.index(" boat"))
    before, after = np.exp(FLAT[0]), np.exp(blend.scores(FLAT))
    goes_on = [token for token, piece in enumerate(PIECES) if piece[:1].isalpha()]
    assert after[goes_on].sum() / after.sum() == pytest.approx(before[goes_on].sum() / before.sum(), rel=1e-5)


def test_relatedness_is_the_cosine_with_the_last_turn_and_is_clamped():
    vectors = np.zeros((len(PIECES), 3), dtype=np.float32)
    vectors[PIECES.index(" sea")] = [1, 0, 0]
    vectors[PIECES.index(" boat")] = [1, 1, 0]
    vectors[PIECES.index(" far")] = [0, 0, 1]
    vectors[PIECES.index(" is")] = [0, 0, 5]
    seeing = Vocabulary(lambda: PIECES, frozenset({0}), lambda: vectors)
    relate = Relatedness(("far", "is", "is far"))  # their common component is the third axis
    blend = Knobs({"relatedness": 13.0}, partner=["no words", "sea"], relate=relate).begin(1, seeing)
    gained = dict(zip(PIECES, blend.scores(FLAT) - FLAT[0], strict=True))
    assert gained[" sea"] == pytest.approx(5.0, abs=1e-4)
    assert gained[" boat"] == pytest.approx(5 / math.sqrt(2), abs=1e-4)
    assert gained[" far"] == pytest.approx(0.0, abs=1e-4)


def test_relatedness_needs_a_model_that_shows_its_vectors():
    with pytest.raises(UsageError, match="open it as 'hf"):
        Knobs({"relatedness": 1.0}, partner=["sea"]).begin(1, TOY)


def test_forbidding_everything_leaves_the_vocabulary_as_it_was():
    only = Vocabulary(lambda: (" boat", " sea"), frozenset())
    blend = Knobs({"own_word": -math.inf}, own=["boat and sea"]).begin(1, only)
    flat = np.log([[0.6, 0.4]])
    assert (blend.scores(flat) == flat[0]).all()


@pytest.mark.parametrize("seed", range(20))
def test_minus_infinity_means_that_no_content_word_comes_twice(seed):
    rng = np.random.default_rng(seed)
    blend = Knobs({"own_word": -math.inf, "reply_word": -math.inf}, own=["A far boat."]).begin(1, TOY)
    said: list[str] = []
    for _ in range(40):
        logits = rng.normal(0, 2, (1, len(PIECES)))
        token = pick(blend.scores(logits), Settings(temperature=1.0, top_p=1.0), rng)
        blend.said(token)
        said.append(PIECES[token])
    content = content_words("".join(said))
    assert len(content) == len(set(content))
    assert not {"far", "boat"} & set(content)


def test_a_knob_at_zero_is_not_there():
    assert (Knobs(dict.fromkeys(KNOBS, 0.0), own=["boat"]).begin(1, TOY).scores(FLAT) == FLAT[0]).all()


def test_the_defaults_are_the_published_ones():
    published = {"own_bigram": -3.5, "own_word": -math.inf, "reply_word": -math.inf, "nidf": 4.0}
    assert published == DEFAULTS


def test_an_unknown_knob_is_an_error_that_names_the_known_ones():
    with pytest.raises(UsageError, match="no knob is called 'charm'; the knobs are own_bigram, own_word"):
        Weighted({"charm": 1.0})


@pytest.mark.parametrize(("knob", "weight"), [("nidf", -math.inf), ("own_word", math.inf), ("question", math.nan)])
def test_a_weight_that_would_forbid_or_force_everything_is_refused(knob, weight):
    with pytest.raises(UsageError, match=repr(knob)):
        checked({knob: weight})


def test_knobs_turn_one_prompt_only():
    with pytest.raises(UsageError, match="not 2 worlds"):
        Knobs({}).begin(2, TOY)


class Toyed(Scripted):
    def __init__(self) -> None:
        super().__init__(name="toy")
        self.asked: list[tuple] = []

    async def step_worlds(self, prompts, mix, settings):
        self.asked.append((prompts, mix))
        return Completion("turned")


ANA = Persona(name="Ana")
TALK = (
    Message("system", "You are Ana."),
    Message("assistant", "I keep maps."),
    Message("user", "Old maps?"),
)


async def test_weighted_hands_the_talk_to_the_knobs():
    model, heard = Toyed(), []
    decoded = await Weighted()(model, Prompted(TALK), Settings(), persona=ANA, on_text=heard.append)
    ((prompts, knobs),) = model.asked
    assert prompts == [TALK]
    assert (knobs.own, knobs.partner) == (("I keep maps.",), ("Old maps?",))
    assert knobs.rarity["the"] < 0.2 < 0.6 < knobs.rarity["lighthouse"]
    assert (decoded.completion.text, decoded.how, heard) == ("turned", "worlds", ["turned"])


async def test_weighted_on_a_model_without_logits_falls_back_and_says_so():
    decoded = await Weighted(otherwise=Sample())(Scripted(["Yes."]), Prompted(TALK), Settings(), persona=ANA)
    assert (decoded.how, decoded.note) == (
        "fallback",
        "'scripted' shows no logits: Sample answered instead of Weighted",
    )
    with pytest.raises(UsageError, match="Weighted needs a model that shows its logits"):
        await Weighted()(Scripted(["Yes."]), Prompted(TALK), Settings(), persona=ANA)


@pytest.mark.parametrize(("asks", "wish"), [(True, "ask your partner one question"), (False, "Do not ask")])
def test_the_wish_for_a_question_stands_in_the_first_system_message(asks, wish):
    messages = asking(Prompted(TALK), asks).messages
    assert messages[0].content.startswith("You are Ana.\n\n")
    assert wish in messages[0].content
    assert messages[1:] == TALK[1:]
    assert wish in asking(Prompted(TALK[1:]), asks).messages[0].content


def test_seven_of_ten_replies_are_wished_to_ask_and_equal_seeds_agree():
    prompted = Prompted(TALK)
    asked = [wants_question(7, prompted, seed) for seed in range(500)]
    assert 0.65 < sum(asked) / 500 < 0.75
    assert asked == [wants_question(7, prompted, seed) for seed in range(500)]
    assert not any(wants_question(0, prompted, seed) for seed in range(50))
    assert all(wants_question(10, prompted, seed) for seed in range(50))


@pytest.mark.parametrize(("questions", "weight"), [(0, -3.0), (10, 3.0), (None, 0.0)])
async def test_the_wish_for_a_question_turns_the_question_knob(questions, weight):
    model = Toyed()
    await Weighted({}, questions=questions)(model, Prompted(TALK), Settings(), persona=ANA)
    ((_, knobs),) = model.asked
    assert knobs.weights["question"] == weight


def test_eleven_questions_of_ten_are_refused():
    with pytest.raises(UsageError, match="questions is 11"):
        Weighted(questions=11)


def test_words_are_ranked_by_how_common_they_are():
    ranked = common_words()
    assert ranked.index("the") < ranked.index("boat") < ranked.index("lighthouse")
    assert len(ranked) > 20_000
    assert estimated_nidf().values["i"] == 0.0


def test_everyday_sentences_are_many_and_different():
    assert len(set(everyday_sentences())) == len(everyday_sentences()) == 40
