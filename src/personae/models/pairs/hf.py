"""Any NLI model of Hugging Face Transformers as a pair scorer: from a folder or a hub name.

Models disagree about the order of their labels, and their configurations are not always right about it. So the order
is found out with six plain pairs before the first score, and compared with what the configuration says.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import math
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from personae.errors import BadResponse, FormatError, MissingExtra, UsageError
from personae.models.embedder import MiniLM, supported
from personae.models.pairs.checks import check_pairs
from personae.models.pairs.cosine import cosine_relevance
from personae.models.pairs.labels import PROBES, Order, check_classes, probed_order, stated_order
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import Embedder, PairScorer, Side

try:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "transformers") from error

#: The reading length where neither the tokenizer nor the configuration names one.
_LONGEST = 512


def open_hf_pairs(source: str | None, **options: Any) -> PairScorer:
    """`HfPairs`; a source is needed."""
    if not source:
        raise UsageError("'hf' needs an NLI model: hf/FOLDER or hf/HUB-NAME")
    try:
        return HfPairs(source, **options)
    except TypeError as error:
        raise UsageError(f"an option of the pair scorer does not fit: {error}; got {sorted(options)!r}") from error


class HfPairs:
    """A Transformers sequence classifier with the three NLI classes. Loads at first use; calls run one by one.

    source:   a folder with a saved model, or a name on the model hub (which is then fetched). Only safetensors
              weights are read, and code that comes with a model is never run.
    batch:    pairs computed at once; they are sorted by length first, so that padding costs little.
    threads:  CPU threads torch may use in this process; `device` is where the weights live, "cpu" or "cuda".
    embedder: what relevance is taken from, by cosine; MiniLM (English) if none is given. The NLI head knows nothing
              of relevance.
    labels:   the model's labels in their order, in our words ("entailment", "neutral", "contradiction"), for a model
              that is right but fails the probe. The order is then taken from you and not checked.

    Pairs longer than the model reads lose the end of the longer text. Raises `UsageError` for a model that is not
    there, has other than three classes, or whose labels stay unclear; `FormatError` for one that cannot be loaded;
    `BadResponse` where it computes something that is no number.
    """

    def __init__(
        self,
        source: Path | str,
        *,
        batch: int = 32,
        threads: int = 2,
        device: str = "cpu",
        embedder: Embedder | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        if batch < 1:
            raise UsageError(f"a batch has at least one pair, not {batch!r}")
        self.source = str(source)
        self.batch, self.threads, self.device = batch, threads, device
        self.embedder: Embedder = embedder or MiniLM(threads)
        self._stated = stated_order(labels) if labels is not None else None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="torch")
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """ "hf/" and the folder's or hub name."""
        path = Path(self.source)
        return f"hf/{path.name if path.exists() else self.source}"

    @property
    def provenance(self) -> Mapping[str, str]:
        """The weights' checksum (of a folder; else the hub name), and that no gate of ours was measured."""
        stated = f" labels {''.join(map(str, self._stated))}" if self._stated else ""
        return {
            "checkpoint": self._checkpoint + stated,
            "data": "unknown",
            "validity": "unmeasured",
            "relevance": f"cosine of {self.embedder.name}",
        }

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """P(contradiction), P(neutral), P(entailment): float32 of shape (pairs, 3)."""
        check_pairs(premises, hypotheses)
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._score, premises, hypotheses)

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """The embedder's cosine as a probability: float32 of shape (pairs,).

        MiniLM reads English: where it would read something else it raises `PairsUnanswered`.
        """
        row = await asyncio.to_thread(cosine_relevance, self.embedder, statements, texts, to=to)
        if isinstance(self.embedder, MiniLM):
            pairs = enumerate(zip(statements, texts, strict=True))
            whys = {place: supported(statement) or supported(text) for place, (statement, text) in pairs}
            reasons = {place: f"unsupported: {why}" for place, why in whys.items() if why}
            if reasons:
                place = min(reasons)
                row[list(reasons)] = math.nan
                raise PairsUnanswered(
                    f"{len(reasons)} of {len(row)} pairs have no relevance, first {texts[place][:80]!r}: "
                    f"{whys[place]}; give HfPairs an embedder that reads it",
                    row,
                    reasons,
                )
        return row

    @property
    def order(self) -> Order:
        """Where the model keeps contradiction, neutral and entailment: three columns of its output."""
        return self._loaded[2]

    @functools.cached_property
    def _checkpoint(self) -> str:
        files = sorted(Path(self.source).glob("*.safetensors")) if Path(self.source).is_dir() else []
        if not files:
            return self.source
        digest = hashlib.sha256()
        for path in files:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return f"sha256:{digest.hexdigest()[:16]}"

    @property
    def _loaded(self) -> tuple[Any, Any, Order]:
        with self._loading:
            return self._load

    @functools.cached_property
    def _load(self) -> tuple[Any, Any, Order]:
        torch.set_num_threads(self.threads)
        logging.disable_progress_bar()
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.source, trust_remote_code=False)
            network = AutoModelForSequenceClassification.from_pretrained(
                self.source, dtype=torch.float32, trust_remote_code=False, use_safetensors=True
            )
        except OSError as error:
            raise UsageError(
                f"no NLI model with safetensors weights at {self.source!r}; give a folder or a hub name"
            ) from error
        except (ValueError, KeyError) as error:
            raise FormatError(f"Transformers cannot load {self.source!r}: {error}") from error
        network = network.to(self.device).eval()
        labels = [str(label) for _, label in sorted(network.config.id2label.items())]
        check_classes(self.source, labels)
        if self._stated is not None:
            return network, tokenizer, self._stated
        premises, hypotheses, _ = zip(*PROBES, strict=True)
        probed = self._raw(network, tokenizer, premises, hypotheses)
        return network, tokenizer, probed_order(self.source, labels, probed)

    def _score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        import numpy as np

        if not premises:
            return np.zeros((0, 3), dtype=np.float32)
        network, tokenizer, order = self._loaded
        return self._raw(network, tokenizer, premises, hypotheses)[:, list(order)]

    def _raw(self, network: Any, tokenizer: Any, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """Probabilities in the model's own order, float32 of shape (pairs, classes)."""
        import numpy as np

        positions = getattr(network.config, "max_position_embeddings", None) or _LONGEST
        limit = min(tokenizer.model_max_length, positions if positions > 0 else _LONGEST, _LONGEST)
        by_length = sorted(range(len(premises)), key=lambda place: len(premises[place]) + len(hypotheses[place]))
        rows = np.zeros((len(premises), 3), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(by_length), self.batch):
                places = by_length[start : start + self.batch]
                inputs = tokenizer(
                    [premises[place] for place in places],
                    [hypotheses[place] for place in places],
                    padding=True,
                    truncation="longest_first",
                    max_length=limit,
                    return_tensors="pt",
                ).to(self.device)
                rows[places] = torch.softmax(network(**inputs).logits.float(), dim=-1).cpu().numpy()
        if not np.isfinite(rows).all():
            place = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
            raise BadResponse(f"{self.name!r} computed no number for {premises[place][:80]!r}; its weights are broken")
        return rows
