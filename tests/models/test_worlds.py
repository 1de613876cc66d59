"""Worlds stepped by real networks: a tiny random one in torch, and the embedded server."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from personae.agent.decoding.knobs import Knobs
from personae.agent.decoding.mixing import RANKING, Guidance, SelfConscious, listener, speaker
from personae.agent.decoding.relatedness import Relatedness
from personae.errors import ModelUnreachable, UsageError
from personae.metrics.nidf import content_words
from personae.models.embedded import Embedded
from personae.types import Message, Settings

ANA = (Message("system", "You are Ana. You keep a goat on an island."), Message("user", "Any pets?"))
NOBODY = (Message("system", "You talk."), Message("user", "Any pets?"))
RUI = (Message("system", "You are Rui and mend nets in Lyon all day."), Message("user", "Any pets?"))
GREEDY = Settings(temperature=0, max_tokens=12)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A Llama of one layer with random weights, over bytes."""
    folder = tmp_path_factory.mktemp("tiny")
    _save_tiny_llama(folder)
    from personae.models.hf import HfModel

    return HfModel(folder, threads=1)


def _save_tiny_llama(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE(vocab={"<|end|>": 0} | {letter: at for at, letter in enumerate(letters, 1)}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant:\n{% endif %}"
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=257, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=256, initializer_range=0.5, eos_token_id=0, bos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)


@pytest.mark.slow
async def test_no_persona_and_plain_prompt_are_the_two_ends_of_guidance(tiny):
    plain, none = [(await tiny.generate(prompt, GREEDY)).text for prompt in (ANA, NOBODY)]
    assert plain != none
    assert (await tiny.step_worlds([ANA, NOBODY], Guidance(1), GREEDY)).text == plain
    assert (await tiny.step_worlds([ANA, NOBODY], Guidance(0), GREEDY)).text == none
    assert (await tiny.step_worlds([ANA, RUI, NOBODY], SelfConscious(alpha=0), GREEDY)).text == plain


@pytest.mark.slow
async def test_several_answers_at_once_are_those_of_one_at_a_time(tiny):
    asks = [([ANA, NOBODY], Guidance(w)) for w in (0, 0.5, 1.75)] + [([RUI, ANA], SelfConscious())]
    single = [(await tiny.step_worlds(prompts, mix, GREEDY)).text for prompts, mix in asks]
    assert [completion.text for completion in await tiny.step_many(asks, GREEDY)] == single
    assert len(set(single)) > 1


@pytest.mark.slow
async def test_sampling_from_worlds_is_repeatable_by_its_seed(tiny):
    settings = Settings(temperature=1.0, top_p=1.0, max_tokens=12)
    once, again = [(await tiny.step_worlds([ANA, RUI], SelfConscious(), settings)).text for _ in range(2)]
    other = (await tiny.step_worlds([ANA, RUI], SelfConscious(), Settings(temperature=1.0, max_tokens=12, seed=1))).text
    assert once == again != other


@pytest.mark.slow
async def test_an_answer_from_worlds_ends_as_any_other_does(tiny):
    whole = await tiny.step_worlds([ANA, NOBODY], Guidance(1), GREEDY)
    assert (whole.stop, whole.usage.completion_tokens) == ("length", 12)
    assert whole.usage.prompt_tokens == sum([len(await tiny.prompt_text(prompt)) for prompt in (ANA, NOBODY)])
    mark = next(letter for letter in whole.text[1:] if letter.isascii())
    settings = Settings(temperature=0, max_tokens=12, stop=(mark,))
    stopped = await tiny.step_worlds([ANA, NOBODY], Guidance(1), settings)
    assert (stopped.stop, stopped.text) == ("stop", whole.text[: whole.text.index(mark)])
    with pytest.raises(ModelUnreachable, match="within 0 s"):
        await tiny.step_worlds([ANA, NOBODY], Guidance(1), Settings(temperature=0, timeout_s=0))


@pytest.mark.slow
async def test_scores_of_one_world_are_the_exact_log_probabilities(tiny):
    candidates = ["A goat.", "No", "I mend nets all day, why?"]
    (paths,) = await tiny.score_worlds([ANA, NOBODY], candidates, [SelfConscious(alpha=0)])
    exact = await tiny.logprobs(ANA, candidates)
    assert [sum(path) for path in paths] == pytest.approx(exact.logprobs, abs=1e-3)
    assert tuple(map(len, paths)) == exact.tokens


@pytest.mark.slow
async def test_self_conscious_scores_are_those_computed_from_whole_logits(tiny):
    import torch

    network, tokenizer = tiny.loaded
    said = "A goat."
    worlds = []
    for prompt in (ANA, NOBODY, RUI):
        ids = tokenizer(await tiny.prompt_text(prompt) + said, add_special_tokens=False)["input_ids"]
        with torch.inference_mode():
            logits = network(torch.tensor([ids])).logits[0, -len(said) - 1 : -1]
        worlds.append(torch.log_softmax(logits.double(), dim=-1).numpy())
    prior, expected = np.log(np.full(3, 1 / 3)), []
    for place, letter in enumerate(said):
        token = tokenizer(letter)["input_ids"][0]
        now = np.stack([world[place] for world in worlds])
        heard = listener(now, prior, 1.0)
        expected.append(speaker(now[0], heard[0], 8.0)[token])
        prior = heard[:, token]
    ((first, _),) = await tiny.score_worlds([ANA, NOBODY, RUI], [said, "No, none at all"], [RANKING])
    assert first == pytest.approx(expected, abs=1e-3)


@pytest.mark.slow
async def test_relatedness_reads_the_input_embeddings_of_the_network(tiny):
    network, _ = tiny.loaded
    vocabulary = tiny.vocabulary
    table = network.get_input_embeddings().weight.detach().numpy()
    related = Relatedness(("a b", "b c", "c d a"))(vocabulary, "a")
    sentence = table[vocabulary.pieces.index("a")]
    component = vocabulary.once(Relatedness(("a b", "b c", "c d a"))._fitted).component
    sentence = sentence - (sentence @ component) * component
    b = table[vocabulary.pieces.index("b")]
    wanted = b @ sentence / np.linalg.norm(b) / np.linalg.norm(sentence)
    assert related[vocabulary.pieces.index("b")] == pytest.approx(wanted, abs=1e-5)
    assert related[vocabulary.pieces.index("?")] == 0


@pytest.mark.slow
async def test_the_embedded_server_has_the_same_two_ends():
    settings = Settings(temperature=0, max_tokens=10)
    async with Embedded(context=512) as model:
        plain, none = [(await model.generate(prompt, settings)).text for prompt in (ANA, NOBODY)]
        assert plain != none
        assert (await model.step_worlds([ANA, NOBODY], Guidance(1), settings)).text == plain
        assert (await model.step_worlds([ANA, NOBODY], Guidance(0), settings)).text == none
        assert (await model.step_worlds([ANA, NOBODY, RUI], SelfConscious(alpha=0), settings)).text == plain
        assert (await model.generate(ANA, settings)).text == plain


@pytest.mark.slow
async def test_forbidden_repeats_do_not_come_on_the_embedded_server():
    own = ("I keep a goat on the island, and the goat keeps me.",)
    knobs = Knobs({"own_word": -math.inf, "reply_word": -math.inf}, own, ("Tell me a long story.",))
    settings = Settings(temperature=0, max_tokens=40)
    async with Embedded(context=512) as model:
        prompt = (ANA[0], Message("user", "Tell me a long story."))
        text = (await model.step_worlds([prompt], knobs, settings)).text
    said = content_words(text)
    assert len(said) > 5
    assert len(said) == len(set(said))
    assert not set(said) & set(content_words(own[0]))


@pytest.mark.slow
async def test_the_embedded_server_says_how_many_worlds_it_can_step():
    async with Embedded(context=512) as model:
        with pytest.raises(UsageError, match="4 prompts"):
            await model.step_worlds([ANA] * 5, SelfConscious(), GREEDY)
    with pytest.raises(UsageError, match="parallel=1"):
        await Embedded(parallel=2).step_worlds([ANA, RUI], SelfConscious(), GREEDY)
