"""The embedded pair scorer: MiniLM-L6 with two heads as int8 ONNX, made by the recipe in `personae.train.pair_scorer`.

Probabilities leave the graph calibrated. The weights ship with the package (`models/weights/pairs`, see the model
card there) and are checked against their checksums once per process.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from personae.errors import FormatError, MissingExtra, UsageError
from personae.models._once import once
from personae.models.embedder import MiniLM, supported
from personae.models.pairs.cache import CachedPairs
from personae.models.pairs.checks import check_pairs
from personae.models.pairs.cosine import cosine_relevance
from personae.models.pairs.encoding import Encoded, encode, room_for_first
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL, PairScorer, Side

FOLDER = Path(__file__).parents[1] / "weights" / "pairs"
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*\s*|[.!?…]+\s*")


def open_embedded_pairs(path: str | None = None, **options: Any) -> PairScorer:
    """`EmbeddedPairs` behind a cache in memory; `path` names another folder of weights."""
    try:
        return CachedPairs(EmbeddedPairs(Path(path) if path else FOLDER, **options))
    except TypeError as error:
        raise UsageError(f"an option does not fit the embedded pair scorer: {error}") from error


class EmbeddedPairs:
    """English pairs to calibrated probabilities, the same on every run.

    Pairs are computed one by one on `threads` threads: int8 activations are scaled per call, so in company a pair
    would depend on its neighbours. A premise of more than 128 word pieces beside its hypothesis is read sentence by
    sentence: the surest contradiction and the surest entailment of any sentence count.

    Raises `FormatError` for weights that are damaged or give no numbers, `MissingExtra` without the extra `embedded`.
    """

    def __init__(self, folder: Path = FOLDER, *, threads: int = 2) -> None:
        if threads < 1:
            raise UsageError(f"a pair scorer needs 1 thread or more, not {threads!r}")
        self.folder = folder
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pairs")

    @property
    def name(self) -> str:
        """The name that stands in reports."""
        return "pairs-minilm-l6-int8"

    @property
    def about(self) -> Mapping[str, Any]:
        """What the recipe wrote down beside the weights: data, temperatures, gates and figures."""
        return _about(self.folder)

    @property
    def provenance(self) -> Mapping[str, str]:
        """The weights' checksum, the mix of data they were trained on, and whether they pass their gates."""
        validity = "ok" if self.about["passes"]["nli"] else "below_gate"
        return {"checkpoint": _checksum(self.folder)[:12], "data": self.about["data"], "validity": validity}

    def unread(self, text: str) -> str | None:
        """Why a text is beyond it, or None: it reads English, and gives numbers for any other text that mean little."""
        return _unread(text)

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """P(contradiction), P(neutral), P(entailment): float32 of shape (pairs, 3)."""
        import numpy as np

        check_pairs(premises, hypotheses)
        parts = [(row, part) for row in range(len(premises)) for part in self._parts(premises[row], hypotheses[row])]
        found = await self._run([part for _, part in parts], [hypotheses[row] for row, _ in parts], None)
        rows = np.zeros((len(premises), 3), dtype=np.float32)
        for (row, _), probabilities in zip(parts, found, strict=True):
            rows[row] = np.maximum(rows[row], probabilities[:3])
        split = np.array([row for row, part in parts if part != premises[row]], dtype=int)
        if len(split):
            rows[split] = _joined(rows[split])
        return rows

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """How likely each text bears on its statement: float32 of shape (pairs,)."""
        check_pairs(statements, texts)
        if self.about["relevance"][to] == "head":
            return (await self._run(texts, statements, to))[:, 3]
        near = functools.partial(cosine_relevance, MiniLM(threads=1), statements, texts, to=to)
        return await asyncio.get_running_loop().run_in_executor(self._pool, near)

    def _parts(self, premise: str, hypothesis: str) -> list[str]:
        """The premise, or its sentences when it is too long to be read at once."""
        if len(premise) + len(hypothesis) < 128:  # a word piece has one character or more
            return [premise]
        sizes = [len(tokens.ids) for tokens in _tokenizer(self.folder).encode_batch([premise, hypothesis])]
        if sizes[0] <= room_for_first(sizes[1]):
            return [premise]
        return [part.strip() for part in _SENTENCE.findall(premise) if part.strip()]

    async def _run(self, first: Sequence[str], second: Sequence[str], side: Side | None) -> Any:
        import numpy as np

        if not first:
            return np.zeros((0, 4), dtype=np.float32)
        loop = asyncio.get_running_loop()
        shares = [range(start, len(first), self.threads) for start in range(min(self.threads, len(first)))]
        work: list[Callable[[], Any]] = [
            lambda rows=rows: self._rows([first[row] for row in rows], [second[row] for row in rows], side)  # type: ignore[misc]
            for rows in shares
        ]
        found = await asyncio.gather(*(loop.run_in_executor(self._pool, task) for task in work))
        every = np.zeros((len(first), 4), dtype=np.float32)
        for rows, numbers in zip(shares, found, strict=True):
            every[list(rows)] = numbers
        if not np.isfinite(every).all():
            raise FormatError(f"the weights in {str(self.folder)!r} gave numbers that are none; reinstall personae")
        return every

    def _rows(self, first: Sequence[str], second: Sequence[str], side: Side | None) -> Any:
        import numpy as np

        session = _session(self.folder)
        pairs = encode(_tokenizer(self.folder), first, second, side)
        return np.stack([session.run(None, _inputs(pair))[0][0] for pair in pairs])


_unread = functools.lru_cache(10_000)(supported)


def _inputs(pair: Encoded) -> dict[str, Any]:
    import numpy as np

    ids = np.array([pair.ids], dtype=np.int64)
    segments = np.zeros_like(ids)
    segments[0, pair.first :] = 1
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": segments}


def _joined(rows: Any) -> Any:
    """Rows of maxima over sentences, made to sum to 1: what contradiction and entailment leave is neutral."""
    rows = rows.copy()
    rows[:, NEUTRAL] = (1 - rows[:, CONTRADICTION] - rows[:, ENTAILMENT]).clip(min=0)
    return rows / rows.sum(axis=1, keepdims=True)


@functools.cache
def _checked(folder: Path) -> Path:
    """The folder, once its files have the promised checksums."""
    try:
        promised = json.loads((folder / "checksums.json").read_text(encoding="utf-8"))
        found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in promised}
    except (OSError, ValueError) as error:
        raise FormatError(f"the pair scorer's weights in {str(folder)!r} cannot be read: {error}") from error
    for name, digest in promised.items():
        if found[name] != digest:
            raise FormatError(f"{str(folder / name)!r} is damaged (its checksum differs); reinstall personae")
    return folder


def _checksum(folder: Path) -> str:
    return str(json.loads((_checked(folder) / "checksums.json").read_text(encoding="utf-8"))["model.onnx"])


@functools.cache
def _about(folder: Path) -> Mapping[str, Any]:
    return dict(json.loads((_checked(folder) / "about.json").read_text(encoding="utf-8")))


@once
def _tokenizer(folder: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", "tokenizers") from error
    tokenizer = Tokenizer.from_file(str(_checked(folder) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@once
def _session(folder: Path) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", "onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = str(_checked(folder) / "model.onnx")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
