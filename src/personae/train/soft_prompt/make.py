"""From a persona to a folder with its soft prompt: rows, tuning, held-out loss, the files and what they rest on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from personae.errors import MissingExtra, RunError
from personae.files import write_atomic
from personae.models.gguf_file import default_weights
from personae.models.hf import HfModel
from personae.models.soft_prompt import ABOUT, CHECKSUMS, CONFIG, VECTORS, read_soft_prompt
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.train.soft_prompt.recipe import STATE, Encoded, OnStep, Recipe, answer_loss, encode, tune
from personae.train.soft_prompt.rows import Rows, read_rows, texts

try:
    import torch
    from peft import get_peft_model_state_dict
    from safetensors.torch import save
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "peft") from error

#: Whose rows may have been tuned on, and under which licence they are.
LICENCES = {"persona": "the persona's own", "characters": "own", "slots": "own", "personachat": "CC BY 4.0"}
BATCH = 8


def make(
    persona: Persona,
    data: Path,
    out: Path,
    *,
    model: HfModel | None = None,
    recipe: Recipe | None = None,
    say: Callable[[str], None] = lambda _: None,
    on_step: OnStep | None = None,
) -> Path:
    """Tune a soft prompt for a persona and put it into `out`, which comes back; `HfModel(…, soft_prompt=out)` uses it.

    model: whose prompt it is; without one the embedded weights. A run that was stopped goes on where it was, one that
    is done is not done again. Raises UsageError where data are missing, RunError for an `out` that holds another run.
    """
    recipe = recipe or Recipe()
    model = model or HfModel(default_weights(), threads=recipe.threads)
    if (out / CHECKSUMS).is_file():
        return _done(out, persona, model, recipe)
    embed = None
    if recipe.entailment:
        from personae.models.embedder import MiniLM

        embed = MiniLM().embed
    say("reading rows")
    rows = read_rows(persona, data, embed, seed=recipe.seed)
    say(f"{sum(row.task == 'persona' for row in rows.train)} rows of {persona.name}, {len(rows.train)} in all")
    network, tokenizer = model.loaded
    text = " ".join(own_texts(persona)) or persona.description or persona.name
    tuned = tune(network, tokenizer, rows, text, recipe, out, on_step=on_step)
    say("measuring held-out loss")
    figures = losses(tuned, tokenizer, rows, " ".join(own_texts(persona)))
    about = _about(persona, model, recipe) | {
        "frame": texts()["frame"],
        "trainable_share": trainable_share(tuned),
        "rows": rows.counts,
        "licences": LICENCES,
        "nats_per_token": figures,
    }
    keep(tuned, about, out)
    return out


def _done(out: Path, persona: Persona, model: HfModel, recipe: Recipe) -> Path:
    theirs, ours = read_soft_prompt(out).about, _about(persona, model, recipe)
    if any(theirs.get(name) != ours[name] for name in ("persona", "base", "recipe")):
        raise RunError(f"{str(out)!r} holds another soft prompt (persona, model or recipe); name another --out")
    return out


def losses(tuned: Any, tokenizer: Any, rows: Rows, persona: str) -> dict[str, dict[str, float]]:
    """Nats per token of the persona's held-out answers, in 32 bits, by where they come from ("dialogue", "asked").

    "tuned": with the soft prompt; "untuned": the model alone; "text": the model alone, told the persona's text.
    """
    alone, found = Untuned(tuned.get_base_model()), {}
    for source in dict.fromkeys(row.source for row in rows.held_out):
        held_out = [row for row in rows.held_out if row.source == source]
        bare = [encode(tokenizer, row) for row in held_out]
        told = [encode(tokenizer, row, persona) for row in held_out]
        found[source] = {
            "answers": len(held_out),
            "tuned": held_out_loss(tuned, bare),
            "untuned": held_out_loss(alone, bare),
            "text": held_out_loss(alone, told),
        }
    return found


class Untuned:
    """The network alone, where a prompted one is expected: its prompt has no vectors."""

    def __init__(self, network: Any) -> None:
        self.network = network

    def get_base_model(self) -> Any:
        """The network."""
        return self.network

    def get_prompt(self, batch: int) -> Any:
        """Nothing: shape (batch, 0, hidden)."""
        table = self.network.get_input_embeddings()
        return table.weight.new_zeros(batch, 0, table.embedding_dim)


def held_out_loss(model: Any, rows: Sequence[Encoded]) -> float:
    """Mean nats per answer token."""
    ordered = sorted(rows, key=lambda row: len(row.prompt) + len(row.answer))
    with torch.inference_mode():
        sums = [float(answer_loss(model, ordered[at : at + BATCH], "sum")) for at in range(0, len(ordered), BATCH)]
    return sum(sums) / sum(len(row.answer) for row in rows)


def keep(tuned: Any, about: Mapping[str, Any], out: Path) -> None:
    """Write the folder; last the checksums, and the state of the run goes."""
    config = tuned.peft_config["default"].to_dict() | {
        "base_model_name_or_path": about["base"]["name"], "inference_mode": True,
    }  # fmt: skip
    vectors = {name: tensor.contiguous().cpu() for name, tensor in get_peft_model_state_dict(tuned).items()}
    write_atomic(out / VECTORS, save(vectors))
    write_atomic(out / CONFIG, json.dumps(config, indent=2, sort_keys=True) + "\n")
    write_atomic(out / ABOUT, json.dumps(about, indent=2) + "\n")
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (VECTORS, CONFIG, ABOUT)}
    write_atomic(out / CHECKSUMS, json.dumps(digests, indent=2) + "\n")
    (out / STATE).unlink(missing_ok=True)


def trainable_share(tuned: Any) -> float:
    """Numbers that are tuned, of all the network's."""
    trainable = sum(parameter.numel() for parameter in tuned.parameters() if parameter.requires_grad)
    share: float = trainable / sum(parameter.numel() for parameter in tuned.get_base_model().parameters())
    return share


def _about(persona: Persona, model: HfModel, recipe: Recipe) -> dict[str, Any]:
    """What makes it this soft prompt and no other."""
    return {
        "persona": {"name": persona.name, "content_hash": persona.content_hash},
        "base": {"name": model.name, "fingerprint": model.fingerprint},
        "recipe": {key: value for key, value in asdict(recipe).items() if key not in ("threads", "keep_every")},
    }
