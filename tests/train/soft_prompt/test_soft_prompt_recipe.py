"""Tuning on a tiny random model: the loss is PEFT's, only the prompt moves, a stopped run goes on, the folder works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, RunError, UsageError
from personae.models.hf import HfModel
from personae.models.mixes import Vocabulary
from personae.models.registry import open_model
from personae.models.soft_prompt import CHECKSUMS, VECTORS, read_soft_prompt
from personae.train.soft_prompt.make import keep, losses, trainable_share
from personae.train.soft_prompt.recipe import (
    STATE,
    Encoded,
    Recipe,
    answer_loss,
    drawn,
    encode,
    first_ids,
    prompted,
    torch,
    tune,
)
from personae.train.soft_prompt.rows import Row, Rows
from personae.types import Message, Settings

QUICK = Recipe(tokens=4, steps=24, rate=0.05, keep_every=8, threads=1)
ASKED = (Message("user", "where do you live?"),)


def row(question: str, answer: str, task: str = "persona") -> Row:
    return Row((Message("user", question),), answer, task, "test")


class Alone:
    """One world, as it is."""

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Alone:
        return self

    def scores(self, logprobs: np.ndarray) -> np.ndarray:
        return logprobs[0]

    def said(self, token: int) -> None:
        pass


@pytest.fixture
def rows() -> Rows:
    mine = [row("where do you live?", "on a boat"), row("do you have a pet?", "a goat"), row("hi", "ahoy")]
    free = [row("nice day", "yes, it is", "free"), row("how are you?", "fine!", "free")]
    follows = [row("on a boat, me", "i live on a boat", "entailment")]
    return Rows((*mine, *free, *follows), (row("where is your home?", "on a boat"),))


@pytest.fixture
def model(tiny: Path) -> HfModel:
    return HfModel(tiny, threads=1)


def about(model: HfModel, **more: object) -> dict[str, object]:
    return {"base": {"name": model.name, "fingerprint": None}, "frame": "Speak.", **more}


@pytest.fixture
def folder(model: HfModel, rows: Rows, tmp_path: Path) -> Path:
    tuned = tune(*model.loaded, rows, "I live on a boat.", QUICK, tmp_path / "run")
    keep(tuned, about(model), tmp_path / "mara")
    return tmp_path / "mara"


def test_the_loss_is_the_one_peft_computes_row_by_row(model: HfModel, rows: Rows) -> None:
    network, tokenizer = model.loaded
    batch = [encode(tokenizer, one) for one in rows.train]
    tuned = prompted(network, first_ids(tokenizer, "I live on a boat.", 4))
    nats = count = 0.0
    for one in batch:
        ids = torch.tensor([[*one.prompt, *one.answer]])
        labels = torch.tensor([[-100] * len(one.prompt) + list(one.answer)])
        loss = tuned(input_ids=ids, labels=labels, attention_mask=torch.ones_like(ids)).loss.detach()
        nats, count = nats + float(loss) * len(one.answer), count + len(one.answer)
    assert float(answer_loss(tuned, batch)) == pytest.approx(nats / count, abs=1e-5)
    assert float(answer_loss(tuned, batch, "sum")) == pytest.approx(nats, abs=1e-3)


def test_prompts_that_are_equal_or_start_differently_are_read_all_the_same(model: HfModel) -> None:
    tuned = prompted(model.loaded[0], [5, 6])
    for batch in ([Encoded((7, 8), (9,)), Encoded((7, 8), (9, 10))], [Encoded((7,), (9,)), Encoded((8, 8), (9,))]):
        alone = [float(answer_loss(tuned, [one], "sum")) for one in batch]
        assert float(answer_loss(tuned, batch, "sum")) == pytest.approx(sum(alone), abs=1e-4)


def test_tuning_lowers_the_loss_and_moves_nothing_but_the_prompt(model: HfModel, rows: Rows, tmp_path: Path) -> None:
    network, tokenizer = model.loaded
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    heard: list[tuple[int, int, float]] = []
    longer = Recipe(tokens=4, steps=60, rate=0.1, threads=1)
    tuned = tune(network, tokenizer, rows, "I", longer, tmp_path, on_step=lambda *step: heard.append(step))
    found = losses(tuned, tokenizer, rows, "I live on a boat.")["test"]
    assert found["tuned"] < 0.95 * found["untuned"]
    assert found["text"] != found["untuned"]
    assert found["answers"] == 1
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert [one[:2] for one in heard] == [(step, 60) for step in range(1, 61)]
    assert trainable_share(tuned) == 4 * 32 / sum(tensor.numel() for tensor in network.parameters())


def test_a_stopped_run_goes_on_to_the_same_vectors(tiny: Path, rows: Rows, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, loss: float) -> None:
        if step == 13:
            raise Stopped

    whole = tune(*HfModel(tiny, threads=1).loaded, rows, "I", QUICK, tmp_path / "whole").get_prompt(1)
    with pytest.raises(Stopped):
        tune(*HfModel(tiny, threads=1).loaded, rows, "I", QUICK, tmp_path / "parts", on_step=stop)
    steps: list[int] = []
    again = tune(*HfModel(tiny, threads=1).loaded, rows, "I", QUICK, tmp_path / "parts",
                 on_step=lambda step, *_: steps.append(step))  # fmt: skip
    assert steps[0] == 9
    torch.testing.assert_close(again.get_prompt(1), whole, atol=1e-6, rtol=0)


def test_a_state_of_another_run_is_refused(model: HfModel, rows: Rows, tmp_path: Path) -> None:
    tune(*model.loaded, rows, "I", QUICK, tmp_path)
    with pytest.raises(RunError, match="another run"):
        tune(*model.loaded, rows, "I", Recipe(tokens=4, steps=48, threads=1), tmp_path)
    (tmp_path / STATE).write_bytes(b"torn")
    with pytest.raises(RunError, match="damaged"):
        tune(*model.loaded, rows, "I", QUICK, tmp_path)


def test_every_row_is_drawn_once_before_any_is_drawn_again() -> None:
    rows = [Encoded((number,), (0,)) for number in range(5)]
    plan = Recipe(per_task=2)
    seen = [one.prompt[0] for step in range(5) for one in drawn(rows, step, 0, plan)]
    assert sorted(seen[:5]) == sorted(seen[5:]) == list(range(5))


def test_the_first_vectors_are_the_text_cut_or_repeated(model: HfModel) -> None:
    network, tokenizer = model.loaded
    ids = tokenizer("abc", add_special_tokens=False)["input_ids"]
    assert first_ids(tokenizer, "abc", 5) == [*ids, *ids[:2]]
    assert first_ids(tokenizer, "abc", 2) == ids[:2]
    with pytest.raises(FormatError, match="no token"):
        first_ids(tokenizer, "", 5)
    torch.testing.assert_close(
        prompted(network, ids).get_prompt(1)[0], network.get_input_embeddings()(torch.tensor(ids))
    )


async def test_a_tuned_model_says_what_peft_makes_it_say(tiny: Path, folder: Path) -> None:
    from peft import PeftModel

    tuned = HfModel(tiny, threads=1, soft_prompt=folder)
    said = await tuned.generate(ASKED, Settings(temperature=0, max_tokens=8))
    network, tokenizer = HfModel(tiny, threads=1).loaded
    ids = torch.tensor([tokenizer(await tuned.prompt_text(ASKED), add_special_tokens=False)["input_ids"]])
    theirs = PeftModel.from_pretrained(network, folder)
    out = theirs.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=8, do_sample=False, pad_token_id=1
    )
    assert said.text == tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    assert said.usage.prompt_tokens == 4 + ids.shape[1]


async def test_scores_are_those_of_the_vectors_in_front(tiny: Path, folder: Path) -> None:
    tuned, plain = HfModel(tiny, threads=1, soft_prompt=folder), HfModel(tiny, threads=1)
    ours = (await tuned.logprobs(ASKED, ["ahoy", "a goat"])).logprobs
    network, tokenizer = plain.loaded
    text = await plain.prompt_text(ASKED)
    vectors = torch.from_numpy(read_soft_prompt(folder).vectors)[None]
    for option, score in zip(["ahoy", "a goat"], ours, strict=True):
        read, said = (tokenizer(part, add_special_tokens=False)["input_ids"] for part in (text, option))
        embedded = network.get_input_embeddings()(torch.tensor([[*read, *said]]))
        logits = network(inputs_embeds=torch.cat([vectors, embedded], dim=1)).logits[0].log_softmax(-1)
        start = 4 + len(read) - 1
        truth = sum(float(logits[start + at, token]) for at, token in enumerate(said))
        assert score == pytest.approx(truth, abs=1e-4)


async def test_every_way_of_asking_hears_the_soft_prompt(tiny: Path, folder: Path) -> None:
    tuned, plain = open_model(f"hf/{tiny}", threads=1, soft_prompt=folder), HfModel(tiny, threads=1)
    assert isinstance(tuned, HfModel)
    greedy = Settings(temperature=0, max_tokens=6)
    said = await tuned.generate(ASKED, greedy)
    assert said.text != (await plain.generate(ASKED, greedy)).text
    assert "".join([piece async for piece in tuned.stream(ASKED, greedy)]) == said.text
    assert (await tuned.step_worlds([ASKED], Alone(), greedy)).text == said.text
    (scores,) = await tuned.score_worlds([ASKED], ["ahoy"], [Alone()])
    assert sum(scores[0]) == pytest.approx((await tuned.logprobs(ASKED, ["ahoy", "b"])).logprobs[0], abs=1e-4)
    assert (await tuned.generate(ASKED, Settings(temperature=0, max_tokens=6, stop=("\x00never",)))).text == said.text


async def test_taken_off_it_leaves_the_logits_as_they_were(tiny: Path, folder: Path) -> None:
    model = HfModel(tiny, threads=1, soft_prompt=folder)
    network, ids = model.loaded[0], torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        before = network(ids).logits
        await model.generate(ASKED, Settings(max_tokens=2))
        with read_soft_prompt(folder).on(network):
            prefixed = network(torch.tensor([[*read_soft_prompt(folder).ids(network), 5, 6, 7]])).logits[:, 4:]
        torch.testing.assert_close(network(ids).logits, before, atol=1e-6, rtol=0)
    assert float((prefixed - before).abs().max()) > 1e-3


def test_a_model_is_named_after_its_soft_prompt_so_that_caches_do_not_mix(tiny: Path, folder: Path) -> None:
    name = HfModel(tiny, soft_prompt=folder).name
    assert name == f"{HfModel(tiny).name}+mara-{read_soft_prompt(folder).checksum}"


async def test_a_soft_prompt_for_another_model_is_refused(tiny: Path, folder: Path) -> None:
    from safetensors.numpy import save

    (folder / VECTORS).write_bytes(save({"prompt_embeddings": np.zeros((4, 8), np.float32)}))
    (folder / CHECKSUMS).unlink()
    with pytest.raises(UsageError, match=r"8 numbers .* \(32\)"):
        await HfModel(tiny, threads=1, soft_prompt=folder).generate(ASKED, Settings(max_tokens=1))


def test_damage_is_named(folder: Path, tmp_path: Path) -> None:
    whole = (folder / VECTORS).read_bytes()
    (folder / VECTORS).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(FormatError, match="checksum"):
        read_soft_prompt(folder)
    (folder / VECTORS).write_bytes(b"\x80\x04pickle")
    with pytest.raises(FormatError, match="no safetensors"):
        read_soft_prompt(folder)
    (folder / VECTORS).write_bytes(whole)
    (folder / CHECKSUMS).write_text('{"../../etc/passwd": "0"}')
    with pytest.raises(FormatError, match="no part"):
        read_soft_prompt(folder)
    with pytest.raises(FormatError, match="cannot read"):
        read_soft_prompt(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{", "[]", '{"peft_type": "LORA"}'])
def test_a_folder_that_holds_no_tuned_prompt_is_refused(folder: Path, text: str) -> None:
    (folder / "adapter_config.json").write_text(text)
    with pytest.raises(FormatError):
        read_soft_prompt(folder)
