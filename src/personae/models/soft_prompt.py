"""A soft prompt: learned vectors that a frozen model reads before everything else, in the place of a persona's text.

A folder of PEFT's own form (`adapter_config.json`, `adapter_model.safetensors`), so PEFT loads it too, and beside that
what the recipe in `personae.train.soft_prompt` wrote down: `about.json` and checksums. Nothing in it can run code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.errors import FormatError, MissingExtra, UsageError
from personae.files import MEGABYTE, read_limited

CONFIG, VECTORS, ABOUT, CHECKSUMS = "adapter_config.json", "adapter_model.safetensors", "about.json", "checksums.json"
#: The one tensor PEFT keeps of a tuned prompt.
TENSOR = "prompt_embeddings"
#: 512 vectors of 8,192 numbers are 16 MB.
MAX_VECTORS, MAX_BYTES = 512, 17 * MEGABYTE


@dataclass(frozen=True, eq=False)
class SoftPrompt:
    """Vectors of shape (tokens, hidden), float32, and what is known of them.

    checksum: twelve hex digits of the file of vectors; about: the recipe's notes, empty for a folder made elsewhere.
    """

    name: str
    vectors: Any = field(repr=False)
    checksum: str
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def ids(self, network: Any) -> list[int]:
        """The tokens that stand for the vectors inside `on`: those that follow the model's own."""
        first = int(network.get_input_embeddings().num_embeddings)
        return list(range(first, first + len(self.vectors)))

    def check(self, network: Any, fingerprint: str | None) -> None:
        """Raises UsageError where the vectors were made for another model; one that is unknown is believed."""
        width = int(network.get_input_embeddings().embedding_dim)
        base = self.about.get("base", {})
        made_for = base.get("fingerprint")
        if width != self.vectors.shape[1] or (made_for and fingerprint and made_for != fingerprint):
            raise UsageError(
                f"the soft prompt {self.name!r} has vectors of {self.vectors.shape[1]} numbers for "
                f"{base.get('name', 'another model')!r}; this model is another one ({width}), tune one for it"
            )

    @contextmanager
    def on(self, network: Any) -> Iterator[None]:
        """While the block lasts, the network reads `ids` as the vectors. Then it is what it was, to the last bit."""
        table = network.get_input_embeddings()
        first, plain, own = table.num_embeddings, table.forward, "forward" in vars(table)
        vectors = table.weight.new_tensor(self.vectors)

        def forward(ids: Any) -> Any:
            ours = ids >= first
            found = plain(ids.masked_fill(ours, 0))
            found[ours] = vectors[ids[ours] - first]
            return found

        table.forward = forward
        try:
            yield
        finally:
            if own:
                table.forward = plain
            else:
                del table.forward


def read_soft_prompt(folder: Path | str) -> SoftPrompt:
    """The soft prompt in a folder. Raises FormatError for one that is damaged, incomplete or something else."""
    place = Path(folder)
    config = _json(place / CONFIG)
    if config.get("peft_type") != "PROMPT_TUNING":
        raise FormatError(f"{str(place)!r} holds an adapter of type {config.get('peft_type')!r}, not PROMPT_TUNING")
    raw = read_limited(place / VECTORS, MAX_BYTES)
    vectors = _vectors(raw, place)
    about: Mapping[str, Any] = {}
    if (place / CHECKSUMS).is_file():  # a folder that PEFT made has none
        for name, digest in _json(place / CHECKSUMS).items():
            if name not in (CONFIG, VECTORS, ABOUT):
                raise FormatError(f"{str(place / CHECKSUMS)!r} names {name!r}, which is no part of a soft prompt")
            if hashlib.sha256(read_limited(place / name, MAX_BYTES)).hexdigest() != digest:
                raise FormatError(f"{str(place / name)!r} does not match its checksum; tune or fetch it again")
        about = _json(place / ABOUT)
    return SoftPrompt(place.resolve().name, vectors, hashlib.sha256(raw).hexdigest()[:12], about)


def _vectors(raw: bytes, place: Path) -> Any:
    try:
        import numpy as np
        from safetensors import SafetensorError
        from safetensors.numpy import load
    except ModuleNotFoundError as error:
        raise MissingExtra("train", error.name or "safetensors") from error
    try:
        found = load(raw).get(TENSOR)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{str(place / VECTORS)!r} is no safetensors file of plain numbers: {error}") from error
    if found is None or found.ndim != 2 or not 1 <= len(found) <= MAX_VECTORS or not np.isfinite(found).all():
        raise FormatError(
            f"{str(place / VECTORS)!r} needs {TENSOR!r}, 1 to {MAX_VECTORS} vectors of finite numbers; tune it again"
        )
    return found.astype(np.float32)


def _json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_limited(file, MEGABYTE))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(file)!r} is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise FormatError(f"{str(file)!r} holds {type(data).__name__}, not an object; it is no part of a soft prompt")
    return data
