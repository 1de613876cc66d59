"""PNG and APNG as a list of chunks: text chunks read in their three kinds, all other bytes kept as they are."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_FILE = 10 * MEGABYTE
MAX_TEXT = 8 * MEGABYTE
MAX_CHUNKS = 50_000
TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk. `crc` is kept as found, so that writing gives back the same bytes even where it was wrong."""

    kind: bytes
    data: bytes
    crc: int

    @property
    def crc_is_right(self) -> bool:
        """Does the check sum fit the bytes?"""
        return zlib.crc32(self.data, zlib.crc32(self.kind)) == self.crc


@dataclass(frozen=True)
class Png:
    """All chunks in file order, and whatever stood after the last one."""

    chunks: tuple[Chunk, ...]
    trailer: bytes = b""


def read_png(data: bytes, name: str) -> Png:
    """The chunks of a PNG file. Raises FormatError if it is cut short or no PNG, UnsafeFile if too large."""
    if len(data) > MAX_FILE:
        raise UnsafeFile(f"{name!r} is larger than {MAX_FILE // MEGABYTE} MB; such files are not read")
    if not data.startswith(SIGNATURE):
        raise FormatError(f"{name!r} is not a PNG file")
    chunks: list[Chunk] = []
    at = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        if at + 12 > len(data):
            raise FormatError(f"{name!r} is cut short: the PNG ends after {len(data)} bytes without its IEND chunk")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise FormatError(f"{name!r} is cut short or damaged: a {_shown(kind)} chunk claims {length} bytes")
        if len(chunks) >= MAX_CHUNKS:
            raise UnsafeFile(f"{name!r} has more than {MAX_CHUNKS} chunks")
        (crc,) = struct.unpack_from(">I", data, end - 4)
        chunks.append(Chunk(kind, data[at + 8 : end - 4], crc))
        at = end
    return Png(tuple(chunks), data[at:])


def write_png(png: Png) -> bytes:
    """The bytes of a PNG; what was read and not changed comes back byte for byte."""
    parts = [SIGNATURE]
    for chunk in png.chunks:
        parts += [struct.pack(">I", len(chunk.data)), chunk.kind, chunk.data, struct.pack(">I", chunk.crc)]
    return b"".join([*parts, png.trailer])


def make_chunk(kind: bytes, data: bytes) -> Chunk:
    """A chunk with its check sum."""
    return Chunk(kind, data, zlib.crc32(data, zlib.crc32(kind)))


def keyword(chunk: Chunk) -> str | None:
    """The key of a text chunk as written; None for other chunks."""
    if chunk.kind not in TEXT_KINDS:
        return None
    key, zero, _ = chunk.data.partition(b"\0")
    return key.decode("latin-1") if zero else None


def text_of(chunk: Chunk, name: str) -> bytes:
    """The value of a text chunk, inflated up to 8 MB. Raises FormatError if broken, UnsafeFile if larger."""
    key, _, rest = chunk.data.partition(b"\0")
    shown = f"{name!r}: the text {key.decode('latin-1')!r}"
    if chunk.kind == b"tEXt":
        return _limited(rest, shown)
    if chunk.kind == b"zTXt":
        if rest[:1] != b"\0":
            raise FormatError(f"{shown} is compressed in an unknown way")
        return inflate(rest[1:], shown)
    flag, method, tail = rest[:1], rest[1:2], rest[2:]
    fields = tail.split(b"\0", 2)
    if len(fields) != 3 or flag not in (b"\0", b"\1") or (flag == b"\1" and method != b"\0"):
        raise FormatError(f"{shown} is a damaged iTXt chunk")
    return inflate(fields[2], shown) if flag == b"\1" else _limited(fields[2], shown)


def inflate(data: bytes, shown: str, limit: int = MAX_TEXT) -> bytes:
    """Zlib data, never growing beyond `limit` bytes in memory."""
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise FormatError(f"{shown} cannot be decompressed: {error}") from error
    if len(text) <= limit and not stream.eof:
        raise FormatError(f"{shown} is cut short")
    return _limited(text, shown, limit)


def with_texts(png: Png, texts: Iterable[tuple[str, bytes]], drop: Iterable[str]) -> Png:
    """The picture with the text keys in `drop` (in any case) replaced by `texts`, written as tEXt before IEND."""
    gone = {key.lower() for key in drop}
    kept = [chunk for chunk in png.chunks if (keyword(chunk) or "").lower() not in gone]
    added = [make_chunk(b"tEXt", key.encode("latin-1") + b"\0" + value) for key, value in texts]
    end = next(n for n, chunk in enumerate(kept) if chunk.kind == b"IEND")
    return Png((*kept[:end], *added, *kept[end:]), png.trailer)


def _limited(text: bytes, shown: str, limit: int = MAX_TEXT) -> bytes:
    if len(text) > limit:
        raise UnsafeFile(f"{shown} is larger than {limit // MEGABYTE} MB; such cards are not read")
    return text


def _shown(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
