"""One pair scorer in a process of its own, for pair_scorer.py: for each line it reads it scores all pairs and says how
long that took.

python benchmarks/_pair_systems.py KIND THREADS BUCKETS PAIRS.jsonl CHECKPOINT WEIGHTS
python benchmarks/_pair_systems.py export FILE.onnx CHECKPOINT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

BATCH = 32
Score = Callable[[Sequence[str], Sequence[str]], Any]


def network(checkpoint: str) -> Any:
    """The trained network, or the same one with fresh heads."""
    if checkpoint:
        from personae.train.pair_scorer.recipe import read_network

        return read_network(Path(checkpoint)).eval()
    from personae.train.pair_scorer.network import PairNetwork

    return PairNetwork.fresh().eval()


def export_float(file: Path, checkpoint: str) -> None:
    from personae.train.pair_scorer.export import Temperatures, export

    export(network(checkpoint), Temperatures(), file)


def batches(pairs: Sequence[Any], buckets: bool) -> Iterator[list[int]]:
    order = sorted(range(len(pairs)), key=lambda place: len(pairs[place].ids) if buckets else 0)
    return (order[start : start + BATCH] for start in range(0, len(order), BATCH))


def read_tokenizer() -> Any:
    from tokenizers import Tokenizer

    from personae.models.embedder import FOLDER

    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def padded(pairs: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Ids, mask and segments of a batch, int64 of shape (pairs, longest)."""
    import numpy as np

    ids, mask, segments = np.zeros((3, len(pairs), max(len(pair.ids) for pair in pairs)), dtype=np.int64)
    for row, pair in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size], mask[row, :size], segments[row, pair.first : size] = pair.ids, 1, 1
    return ids, mask, segments


def ours(threads: int, weights: str) -> Score:
    from personae.models.pairs.embedded import FOLDER, EmbeddedPairs  # without the cache that a user gets around it

    scorer = EmbeddedPairs(Path(weights) if weights else FOLDER, threads=threads)
    return lambda said, statements: asyncio.run(scorer.score(said, statements))


def torch_fp32(threads: int, buckets: bool, checkpoint: str) -> Score:
    import torch

    from personae.models.pairs.encoding import encode

    torch.set_num_threads(threads)
    model, tokenizer = network(checkpoint), read_tokenizer()

    def score(said: Sequence[str], statements: Sequence[str]) -> Any:
        pairs = encode(tokenizer, said, statements)
        rows = torch.zeros(len(pairs), 3)
        with torch.inference_mode():
            for places in batches(pairs, buckets):
                rows[places] = torch.softmax(
                    model(*map(torch.from_numpy, padded([pairs[place] for place in places])))[0], dim=-1
                )
        return rows.numpy()

    return score


def onnx_fp32(threads: int, buckets: bool, file: Path) -> Score:
    import numpy as np
    import onnxruntime

    from personae.models.pairs.encoding import encode

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    tokenizer = read_tokenizer()

    def score(said: Sequence[str], statements: Sequence[str]) -> Any:
        pairs = encode(tokenizer, said, statements)
        rows = np.zeros((len(pairs), 3), dtype=np.float32)
        for places in batches(pairs, buckets):
            ids, mask, segments = padded([pairs[place] for place in places])
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
            rows[places] = session.run(None, inputs)[0][:, :3]
        return rows

    return score


def opened(kind: str, threads: int, buckets: bool, folder: Path, checkpoint: str, weights: str) -> Score:
    if kind == "ours":
        return ours(threads, weights)
    return (
        torch_fp32(threads, buckets, checkpoint)
        if kind == "torch"
        else onnx_fp32(threads, buckets, folder / "float.onnx")
    )


def main() -> None:
    kind, *arguments = sys.argv[1:]
    if kind == "export":
        export_float(Path(arguments[0]), arguments[1])
        return
    threads, buckets, source, checkpoint, weights = arguments
    rows = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    said, statements = [row["p"] for row in rows], [row["h"] for row in rows]
    score = opened(kind, int(threads), bool(int(buckets)), Path(source).parent, checkpoint, weights)
    score(said[:1], statements[:1])
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        score(said, statements)
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
