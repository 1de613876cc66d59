"""From the trained network to the file that ships: ONNX, int8 weights, calibrated probabilities inside the graph."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import MissingExtra, UsageError
from personae.models.pairs.encoding import Encoded
from personae.train.pair_scorer.network import PairNetwork, encoder_folder

try:
    import numpy as np
    import onnx
    import onnxruntime
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "onnx") from error

MAX_MEGABYTES = 25


@dataclass(frozen=True, slots=True)
class Temperatures:
    """What logits are divided by before they become probabilities."""

    nli: float = 1.0


class Calibrated(torch.nn.Module):  # type: ignore[misc]
    """Ids, mask and segments to one row of probabilities: C, N, E, relevance."""

    def __init__(self, network: PairNetwork, temperatures: Temperatures) -> None:
        super().__init__()
        network.encoder.set_attn_implementation("eager")
        self.network, self.temperatures = network, temperatures

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        """Float32 of shape (pairs, 4)."""
        # Mask and positions are given ready-made: the graph stays small and independent of the example.
        bias = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * -1e9
        positions = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        hidden = self.network.encoder(
            input_ids=input_ids, token_type_ids=token_type_ids, position_ids=positions, attention_mask=bias
        ).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weights).sum(1) / weights.sum(1)
        nli = torch.softmax(self.network.nli(pooled) / self.temperatures.nli, dim=-1)
        bears = torch.sigmoid(self.network.relevance(pooled))
        return torch.cat([nli, bears], dim=-1)


def export(network: PairNetwork, temperatures: Temperatures, file: Path) -> Path:
    """Write the graph with 32-bit floats; `file` comes back."""
    example = (
        torch.tensor([[101, 7592, 102, 102], [101, 102, 102, 0]]),
        torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]),
        torch.tensor([[0, 0, 0, 1], [0, 0, 1, 0]]),
    )
    axes = {0: "pairs", 1: "tokens"}
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        Calibrated(network.cpu().eval(), temperatures).eval(),
        example,
        str(file),
        input_names=names,
        output_names=["probabilities"],
        dynamic_axes=dict.fromkeys(names, axes) | {"probabilities": {0: "pairs"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(file))
    return file


def quantise(source: Path, target: Path) -> Path:
    """Weights to int8, one scale per output channel; activations are quantised as they come. Raises UsageError when the
    file would be larger than 25 MB."""
    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)
    if target.stat().st_size > MAX_MEGABYTES * 1_000_000:
        raise UsageError(f"{str(target)!r} has {target.stat().st_size:,} bytes; at most {MAX_MEGABYTES} MB may ship")
    return target


def probabilities(file: Path, pairs: Sequence[Encoded], threads: int = 2) -> Any:
    """What an exported file says, pair by pair as the shipped scorer asks it: float32 of shape (pairs, 4)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    found = np.zeros((len(pairs), 4), dtype=np.float32)
    for row, pair in enumerate(pairs):
        ids = np.array([pair.ids], dtype=np.int64)
        segments = (np.arange(ids.shape[1]) >= pair.first).astype(np.int64)[None]
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": segments}
        found[row] = session.run(None, inputs)[0][0]
    return found


def ship(network: PairNetwork, temperatures: Temperatures, about: dict[str, Any], out: Path) -> Path:
    """Write `model.onnx`, `tokenizer.json`, `about.json` and `checksums.json` into a folder; the folder comes back."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        quantise(export(network, temperatures, Path(scratch) / "float.onnx"), out / "model.onnx")
    (out / "tokenizer.json").write_bytes((encoder_folder() / "tokenizer.json").read_bytes())
    (out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    names = ("model.onnx", "tokenizer.json", "about.json")
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}
    (out / "checksums.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    return out
