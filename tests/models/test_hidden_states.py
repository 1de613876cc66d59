"""Hidden states before the answer are those Transformers itself gives for the same text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from personae.errors import ContextOverflow, UsageError
from personae.measure.answer_probe import probe
from personae.models.hf import HfModel
from personae.types import Message


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> HfModel:
    """A Llama with random weights and a tokeniser of bytes."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder: Path = tmp_path_factory.mktemp("tiny")
    marks = ["<s>", "</s>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = Tokenizer(models.BPE({text: at for at, text in enumerate([*marks, *letters])}, []))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
    PreTrainedTokenizerFast(
        tokenizer_object=words, bos_token=marks[0], eos_token=marks[1], chat_template=template
    ).save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=258, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=128, bos_token_id=0, eos_token_id=1, initializer_range=0.3,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    return HfModel(folder, threads=1)


PROMPTS = [(Message("user", "Where do you live?"),), (Message("system", "Be brief."), Message("user", "Why?"))]


async def test_states_are_the_last_tokens_in_every_layer(model):
    found = await model.hidden_states(PROMPTS)
    assert found.shape == (3 + 1, 2, 16)
    assert found.dtype == np.float32
    network, tokenizer = model.loaded
    for at, messages in enumerate(PROMPTS):
        ids = tokenizer(await model.prompt_text(messages), add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            states = network.model(ids, output_hidden_states=True).hidden_states
        for layer, state in enumerate(states):
            assert found[layer, at] == pytest.approx(state[0, -1].numpy(), abs=1e-5)


async def test_no_prompt_and_one_that_is_too_long_are_refused(model):
    with pytest.raises(UsageError, match="at least one"):
        await model.hidden_states([])
    with pytest.raises(ContextOverflow):
        await model.hidden_states([(Message("user", "x" * 200),)])


async def test_a_probe_reads_what_the_prompt_says(model):
    """Two ways to ask, told apart before any answer, on questions the probe has not seen."""
    questions = [f"Question {at}" for at in range(40)]
    prompts = [(Message("user", f"{question}{mark}"),) for question in questions for mark in "?!"]
    states = await model.hidden_states(prompts)
    found = probe(states[1:], [0, 1] * 40, [question for question in questions for _ in "?!"])
    assert found.auc.low > 0.6
