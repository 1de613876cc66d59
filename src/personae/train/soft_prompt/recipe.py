"""Tuning itself, readable from top to bottom: vectors before a frozen model learn to make it say what the persona says.

The prompt is PEFT's (`PromptTuningConfig`), and so is what is kept. Two things are done here and not by PEFT. The first
vectors are the embeddings of the persona's text: PEFT takes a tokeniser for that only by name, from a hub or folder.
And the loss reads what all rows of a batch share, the vectors and the frame, once instead of once per row, and computes
logits for the answers only: half of the work, the same loss (a test compares it with PEFT's own).

Sources: Prompt tuning, Lester et al. 2021; for personas, mixed 1:1 with talk that shows none, Kasahara et al. 2022. The
auxiliary task (premise → entailed hypothesis) stands in for the first of the two latent memories of LMEDR (Chen et al.
2023), ten vectors each beside BART. Taken from there: that inference, learned from labelled pairs, and dialogue train
the same small set of vectors, so that what follows from a statement is at hand when an answer is made. Not taken: a
memory of its own, read by attention and added to the encoder's output; the second memory, for how turns follow each
other, and the loss that keeps the two apart; the tuning of BART itself; their pairs (Dialogue NLI).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, MissingExtra, RunError
from personae.files import write_atomic
from personae.models.embedded import harmless
from personae.train.soft_prompt.rows import Row, Rows, texts
from personae.types import Message

try:
    import torch
    from peft import PromptTuningConfig, TaskType, get_peft_model
    from safetensors import SafetensorError
    from safetensors.torch import load_file, save
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "peft") from error

#: step, steps in all, loss so far
OnStep = Callable[[int, int, float], None]
#: What a run that was stopped is continued from; gone when the run is done.
STATE = "state.safetensors"
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a soft prompt is tuned."""

    tokens: int = 20  # 20 to 100 (specification); Lester et al. find little gain above 20
    steps: int = 300
    #: Rows of each task in a batch: as much talk without a persona as with one (Kasahara et al. 2022).
    per_task: int = 2
    rate: float = 1e-2
    warm_up: float = 0.06
    entailment: bool = True
    keep_every: int = 20
    threads: int = 2
    seed: int = 0

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks a batch is made of."""
        return ("persona", "free", "entailment") if self.entailment else ("persona", "free")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as tokens: what is read, and what should be said, with the mark that ends a turn."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]


def tune(
    network: Any, tokenizer: Any, rows: Rows, text: str, recipe: Recipe, out: Path, *, on_step: OnStep | None = None
) -> Any:
    """PEFT's model over the network, its prompt tuned; the network itself is frozen and stays what it was.

    text: what the first vectors are the embeddings of. A run that was stopped goes on from `out/state.safetensors`;
    RunError when that file belongs to other rows or another recipe.
    """
    torch.set_num_threads(recipe.threads)
    model = prompted(network, first_ids(tokenizer, text, recipe.tokens))
    prompt = next(parameter for parameter in model.parameters() if parameter.requires_grad)
    optimizer = torch.optim.AdamW([prompt], lr=recipe.rate, weight_decay=0.0)
    by_task = [[encode(tokenizer, row) for row in rows.train if row.task == task] for task in recipe.tasks]
    by_task = [encoded for encoded in by_task if encoded]
    plan = _plan(by_task, recipe)
    running, start = 0.0, _resumed(out / STATE, plan, prompt, optimizer)
    for step in range(start, recipe.steps):
        batch = [row for task, encoded in enumerate(by_task) for row in drawn(encoded, step, task, recipe)]
        optimizer.param_groups[0]["lr"] = recipe.rate * _slope(step, recipe)
        with _precision(network.device.type):
            loss = answer_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([prompt], 1.0)
        optimizer.step()
        running += (loss.item() - running) / min(step - start + 1, 20)
        if on_step is not None:
            on_step(step + 1, recipe.steps, running)
        if (step + 1) % recipe.keep_every == 0:
            _keep(out / STATE, plan, prompt, optimizer, step + 1)
    return model


def prompted(network: Any, ids: Sequence[int]) -> Any:
    """PEFT's model with one vector per id, at first the network's own embedding of it."""
    config = PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=len(ids))
    model = get_peft_model(network, config).eval()
    table = network.get_input_embeddings()
    with torch.no_grad():
        vectors = table(torch.tensor(ids, device=network.device)).float()
        model.prompt_encoder["default"].embedding.weight.copy_(vectors)
    return model


def first_ids(tokenizer: Any, text: str, count: int) -> list[int]:
    """The tokens of a text, cut or repeated until there are `count`; FormatError for a text without any."""
    ids = list(tokenizer(text, add_special_tokens=False)["input_ids"])
    if not ids:
        raise FormatError(f"the text {text!r} has no token to begin the soft prompt with; give the persona statements")
    return (ids * math.ceil(count / len(ids)))[:count]


def encode(tokenizer: Any, row: Row, persona: str | None = None) -> Encoded:
    """A row as tokens, under the frame; `persona` is a text that stands before it, as in a prompt without tuning."""
    frame = texts()["frame"] if persona is None else f"{persona}\n\n{texts()['frame']}"
    marks = frozenset(tokenizer.all_special_tokens)
    turns = [{"role": m.role, "content": harmless(m.content, marks)} for m in (Message("system", frame), *row.messages)]
    read = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    answer = tokenizer(harmless(row.answer, marks), add_special_tokens=False)["input_ids"]
    prompt = tokenizer(read, add_special_tokens=False)["input_ids"]
    return Encoded(tuple(prompt), (*answer, tokenizer.eos_token_id))


def answer_loss(model: Any, batch: Sequence[Encoded], reduction: str = "mean") -> Any:
    """Negative log-likelihood of the answers in nats: the mean over all their tokens, or their "sum".

    What all prompts begin with is read once, behind the vectors; then every row goes on from there.
    """
    network, device = model.get_base_model(), model.get_base_model().device
    shared = common_start([row.prompt[:-1] for row in batch])
    table = network.get_input_embeddings()
    head = table(torch.tensor([shared], dtype=torch.long, device=device))
    head = torch.cat([model.get_prompt(1).to(head.dtype), head], dim=1)
    cache = network(inputs_embeds=head, use_cache=True, logits_to_keep=1).past_key_values
    cache.batch_repeat_interleave(len(batch))
    rests = [[*row.prompt[len(shared) :], *row.answer] for row in batch]
    longest, answers = max(map(len, rests)), max(len(row.answer) for row in batch)
    ids = torch.tensor([[0] * (longest - len(rest)) + rest for rest in rests], device=device)
    real = torch.tensor([[0] * (longest - len(rest)) + [1] * len(rest) for rest in rests], device=device)
    logits = network(
        ids,
        attention_mask=torch.cat([real.new_ones(len(batch), head.shape[1]), real], dim=1),
        position_ids=(head.shape[1] + real.cumsum(1) - 1).clamp(min=0),
        past_key_values=cache,
        logits_to_keep=answers + 1,
    ).logits[:, :-1]
    aims = [[IGNORED] * (answers - len(row.answer)) + list(row.answer) for row in batch]
    return torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]).float(), torch.tensor(aims, device=device).flatten(), reduction=reduction
    )


def common_start(rows: Sequence[Sequence[int]]) -> list[int]:
    """What all rows begin with.

    >>> common_start([(5, 6, 7), (5, 6), (5, 6, 8)])
    [5, 6]
    """
    columns = zip(*rows, strict=False)
    return [column[0] for column in itertools.takewhile(lambda column: len(set(column)) == 1, columns)]


def drawn(rows: Sequence[Encoded], step: int, task: int, recipe: Recipe) -> list[Encoded]:
    """The rows of one task at a step: all in random order, again and again, the same whenever the step is asked for."""
    found = []
    for place in range(step * recipe.per_task, (step + 1) * recipe.per_task):
        round_, at = divmod(place, len(rows))
        order = list(range(len(rows)))
        random.Random(f"{recipe.seed}-{task}-{round_}").shuffle(order)
        found.append(rows[order[at]])
    return found


def _slope(step: int, recipe: Recipe) -> float:
    return min(1.0, (step + 1) / max(1, round(recipe.warm_up * recipe.steps))) * (1 - step / recipe.steps)


def _precision(device: str) -> Any:
    fast = device == "cuda" or (device == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.autocast(device, dtype=torch.bfloat16, enabled=fast)


def _plan(by_task: Sequence[Sequence[Encoded]], recipe: Recipe) -> str:
    """What a run is, in twelve hex digits: another text, row or number makes it another run."""
    content = (
        [[asdict(row) for row in encoded] for encoded in by_task],
        asdict(recipe) | {"threads": 0, "keep_every": 0},
    )
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def _keep(file: Path, plan: str, prompt: Any, optimizer: Any, step: int) -> None:
    moments = optimizer.state[prompt]
    tensors = {"prompt": prompt.detach(), **{name: moments[name] for name in ("step", "exp_avg", "exp_avg_sq")}}
    write_atomic(file, save({name: value.contiguous() for name, value in tensors.items()}, {"plan": plan}))


def _resumed(file: Path, plan: str, prompt: Any, optimizer: Any) -> int:
    """The step a stopped run goes on with, its vectors put back."""
    if not file.is_file():
        return 0
    from safetensors import safe_open

    try:
        with safe_open(str(file), "pt") as opened:
            theirs = (opened.metadata() or {}).get("plan")
        state = load_file(str(file))
    except SafetensorError as error:
        raise RunError(f"{str(file)!r} is damaged ({error}); remove it to begin again") from error
    if theirs != plan:
        raise RunError(f"{str(file)!r} belongs to another run (other rows, recipe or persona); name another --out")
    with torch.no_grad():
        prompt.copy_(state.pop("prompt"))
    optimizer.state[prompt] = state
    return int(state["step"])
