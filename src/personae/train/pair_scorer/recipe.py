"""The training itself: one loop, readable from top to bottom.

Hyper-parameters are those of the specification where they proved good; where measurement changed one, its line says so.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import MissingExtra
from personae.files import write_atomic
from personae.models.pairs.encoding import Encoded, encode
from personae.train.pair_scorer.network import PairNetwork, in_buckets, read_tokenizer, tensors
from personae.train.pair_scorer.persona_pairs import Bearing, Pair
from personae.train.pair_scorer.rows import Mix

try:
    import torch
    from safetensors.torch import load_file, save
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "torch") from error

#: step, steps in all, loss so far, pairs per second
OnStep = Callable[[int, int, float, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained."""

    epochs: int = 2
    batch: int = 32
    rate: float = 1e-4  # 3e-5 in the specification; a network this small learns more at 1e-4 (SNLI .75 -> .79)
    rate_heads: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.06
    label_smoothing: float = 0.05
    relevance_weight: float = 0.5
    #: One batch of relevance rows beside every so many batches of pairs.
    relevance_every: int = 5
    #: Stop when held-out loss has risen this often in a row.
    patience: int = 1
    threads: int = 2
    seed: int = 0


def train(mix: Mix, recipe: Recipe, out: Path, *, on_step: OnStep | None = None) -> PairNetwork:
    """The trained network, also kept as `out/network.safetensors`; of its epochs the one with the least held-out loss.

    A run that was stopped goes on after its last whole epoch (`out/state.pt`). Uses a GPU when torch sees one; on a CPU
    it computes in bfloat16 where the processor can, two and a half times as fast.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = read_tokenizer()
    pairs, labels = encode_pairs(tokenizer, mix.pairs)
    held, held_labels = encode_pairs(tokenizer, mix.held_out)
    bearings, targets = encode_bearings(tokenizer, mix.bearings)
    weights = class_weights(labels).to(device)
    network = PairNetwork.fresh().to(device)
    steps = recipe.epochs * math.ceil(len(pairs) / recipe.batch)
    optimizer, schedule = _optimizer(network, recipe, steps)
    start, best, risen = _resumed(out, network, optimizer, schedule)
    for epoch in range(start, recipe.epochs):
        network.train()
        rng = random.Random(f"{recipe.seed}-{epoch}")
        relevance = _endless(bearings, recipe.batch, rng)
        step, began, seen, running = epoch * steps // recipe.epochs, time.perf_counter(), 0, 0.0
        for count, rows in enumerate(in_buckets([len(pair.ids) for pair in pairs], recipe.batch, rng), 1):
            with _precision(device):
                logits, _ = network(*_on(device, tensors([pairs[row] for row in rows])))
            loss = torch.nn.functional.cross_entropy(
                logits.float(), labels[rows].to(device), weights, label_smoothing=recipe.label_smoothing
            )
            if bearings and count % recipe.relevance_every == 0:
                rows_too = next(relevance)
                with _precision(device):
                    _, bears = network(*_on(device, tensors([bearings[row] for row in rows_too])))
                aim = targets[rows_too].to(device)
                loss = loss + recipe.relevance_weight * torch.nn.functional.binary_cross_entropy_with_logits(
                    bears.float(), aim
                )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            seen += len(rows)
            running += (loss.item() - running) / min(count, 50)
            if on_step is not None:
                on_step(step + count, steps, running, seen / (time.perf_counter() - began))
        held_loss = nli_loss(network, held, held_labels)
        risen = 0 if held_loss < best else risen + 1
        if held_loss < best:
            best = held_loss
            write_atomic(out / "network.safetensors", save(network.state_dict()))
        _keep(out, network, optimizer, schedule, epoch + 1, best, risen)
        if risen >= recipe.patience:
            break
    trained: PairNetwork = read_network(out).to(device)
    return trained


def read_network(folder: Path) -> PairNetwork:
    """A trained network, ready to judge."""
    network = PairNetwork.fresh()
    network.load_state_dict(load_file(str(folder / "network.safetensors")))
    network.eval()
    return network


def average(folders: Sequence[Path]) -> PairNetwork:
    """The mean of several trained networks' weights: nearly as good as asking them all, at the price of one.

    Source: Wortsman et al., Model soups, 2022 (the uniform soup). They have to start at one point, see `PairNetwork`.
    """
    states = [read_network(folder).state_dict() for folder in folders]
    network = PairNetwork.fresh()
    network.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    network.eval()
    return network


def encode_pairs(tokenizer: Any, pairs: Sequence[Pair]) -> tuple[list[Encoded], Any]:
    """Ids and labels."""
    encoded = encode(tokenizer, [pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    return encoded, torch.tensor([pair.label for pair in pairs])


def encode_bearings(tokenizer: Any, bearings: Sequence[Bearing]) -> tuple[list[Encoded], Any]:
    """Ids and soft targets. The text stands first, as the premise does."""
    encoded: list[Encoded] = [Encoded((), 0)] * len(bearings)
    for side in ("query", "reply"):
        rows = [row for row, bearing in enumerate(bearings) if bearing.side == side]
        texts = [bearings[row].text for row in rows]
        for row, pair in zip(rows, encode(tokenizer, texts, [bearings[r].statement for r in rows], side), strict=True):
            encoded[row] = pair
    return encoded, torch.tensor([bearing.target for bearing in bearings], dtype=torch.float32)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def logits_of(network: PairNetwork, pairs: Sequence[Encoded], batch: int = 64) -> Any:
    """Logits of shape (pairs, 4): C, N, E, relevance; 32-bit, on the CPU."""
    device = next(network.parameters()).device
    network.eval()
    found = torch.zeros(len(pairs), 4)
    for rows in in_buckets([len(pair.ids) for pair in pairs], batch):
        nli, bears = network(*_on(device, tensors([pairs[row] for row in rows])))
        found[rows, :3], found[rows, 3] = nli.float().cpu(), bears.float().cpu()
    return found


def nli_loss(network: PairNetwork, pairs: Sequence[Encoded], labels: Any) -> float:
    """Mean negative log-likelihood of the labels."""
    return float(torch.nn.functional.cross_entropy(logits_of(network, pairs)[:, :3], labels))


def class_weights(labels: Any) -> Any:
    """1/√frequency, scaled to a mean of 1."""
    counts = Counter(labels.tolist())
    weights = torch.tensor([1 / math.sqrt(counts[label]) for label in range(3)])
    return weights / weights.mean()


def _optimizer(network: PairNetwork, recipe: Recipe, steps: int) -> tuple[Any, Any]:
    heads = [*network.nli.parameters(), *network.relevance.parameters()]
    body = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    groups = [{"params": body, "lr": recipe.rate}, {"params": heads, "lr": recipe.rate_heads}]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)
    rise = max(1, round(recipe.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / rise) * max(0.0, (steps - step) / steps)
    )
    return optimizer, schedule


def _endless(bearings: Sequence[Encoded], batch: int, rng: random.Random) -> Iterator[list[int]]:
    lengths = [len(pair.ids) for pair in bearings]
    return itertools.chain.from_iterable(in_buckets(lengths, batch, rng) for _ in itertools.count())


def _precision(device: str) -> Any:
    fast = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device, dtype=torch.bfloat16) if fast else contextlib.nullcontext()


def _on(device: Any, batch: tuple[Any, Any, Any]) -> tuple[Any, ...]:
    return tuple(part.to(device) for part in batch)


def _keep(out: Path, network: Any, optimizer: Any, schedule: Any, epoch: int, best: float, risen: int) -> None:
    state = {
        "network": network.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
        "epoch": epoch, "best": best, "risen": risen,
    }  # fmt: skip
    part = out / "state.pt.part"
    torch.save(state, part)
    part.replace(out / "state.pt")


def _resumed(out: Path, network: Any, optimizer: Any, schedule: Any) -> tuple[int, float, int]:
    """(next epoch, least held-out loss, rises in a row) of a run that was stopped, its weights put back."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "state.pt").is_file():
        return 0, math.inf, 0
    state = torch.load(out / "state.pt", weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(state["epoch"]), float(state["best"]), int(state["risen"])
