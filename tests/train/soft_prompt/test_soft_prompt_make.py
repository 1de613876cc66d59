"""From a persona to a folder: made once, believed afterwards, and with the real weights a lower loss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.errors import RunError
from personae.files import write_atomic
from personae.models.gguf_file import default_weights
from personae.models.hf import HfModel
from personae.models.soft_prompt import ABOUT, CHECKSUMS, CONFIG, VECTORS, read_soft_prompt
from personae.persona.persona import Persona
from personae.train.soft_prompt.make import losses, make, trainable_share
from personae.train.soft_prompt.recipe import Recipe, torch, tune
from personae.train.soft_prompt.rows import Rows, asked_rows

MARA = Persona(
    name="Mara",
    statements=[
        {"id": "home", "text": "I live on a boat in Porto.", "kind": "residence"},
        {"id": "pet", "text": "I have a goat named Rex.", "kind": "pet"},
        {"id": "work", "text": "I work as a baker.", "kind": "work"},
    ],
)
QUICK = Recipe(tokens=4, steps=3, threads=1, entailment=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for split in ("train", "val"):
        for name, text in (
            ("src", "hi\nhow are you?\n"),
            ("tgt", "hello!\nfine, and you?\n"),
            ("per", "i ski\ni ski\n"),
        ):
            write_atomic(tmp_path / "data" / "personachat" / f"{name}-{split}.txt", text)
    return tmp_path / "data"


def test_the_folder_holds_the_vectors_and_what_they_rest_on(tiny: Path, data: Path, tmp_path: Path) -> None:
    model = HfModel(tiny, threads=1)
    out = make(MARA, data, tmp_path / "mara", model=model, recipe=QUICK)
    assert sorted(file.name for file in out.iterdir()) == sorted([ABOUT, CHECKSUMS, CONFIG, VECTORS])
    made = read_soft_prompt(out)
    assert made.vectors.shape == (4, 32)
    assert made.about["persona"] == {"name": "Mara", "content_hash": MARA.content_hash}
    assert made.about["nats_per_token"]["asked"].keys() == {"answers", "tuned", "untuned", "text"}
    assert made.about["rows"]["free: personachat"] == 2
    assert json.loads((out / CONFIG).read_text())["base_model_name_or_path"] == model.name


def test_what_is_made_is_not_made_again_and_never_overwritten(tiny: Path, data: Path, tmp_path: Path) -> None:
    model = HfModel(tiny, threads=1)
    out = make(MARA, data, tmp_path / "mara", model=model, recipe=QUICK)
    checksum = read_soft_prompt(out).checksum
    heard: list[str] = []
    assert make(MARA, data, out, model=model, recipe=QUICK, say=heard.append) == out
    assert heard == []
    with pytest.raises(RunError, match="another soft prompt"):
        make(MARA.edited(name="Rui"), data, out, model=model, recipe=QUICK)
    assert read_soft_prompt(out).checksum == checksum


@pytest.mark.slow
def test_smollm2_learns_held_out_wordings_with_few_numbers_and_is_itself_afterwards(tmp_path: Path) -> None:
    network, tokenizer = HfModel(default_weights(), threads=2).loaded
    ids = tokenizer("Where do you live?", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        before = network(ids).logits
    train, held_out = asked_rows(MARA)
    rows = Rows(tuple(train), tuple(held_out))
    recipe = Recipe(steps=8, rate=0.03, threads=2, entailment=False)
    tuned = tune(network, tokenizer, rows, "I live on a boat in Porto.", recipe, tmp_path)
    assert trainable_share(tuned) == 20 * 576 / 134_515_008 < 0.001
    figures = losses(tuned, tokenizer, rows, "")["asked"]
    assert figures["tuned"] <= 0.95 * figures["untuned"]
    with torch.inference_mode():
        torch.testing.assert_close(network(ids).logits, before, atol=1e-6, rtol=0)
