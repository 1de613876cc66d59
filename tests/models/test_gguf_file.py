"""Wrong and hostile model files end in one clear line, before anything loads them."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.models.gguf_file import default_weights, fingerprint, read_header


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def gguf(*entries: bytes, tensors: int = 0, count: int | None = None, version: int = 3) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, len(entries) if count is None else count)
    return head + b"".join(entries)


ARCHITECTURE = string("general.architecture") + struct.pack("<I", 8) + string("llama")
CONTEXT = string("llama.context_length") + struct.pack("<II", 4, 2048)
TOKENS = string("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + string("a") + string("<|end|>")
KINDS = string("tokenizer.ggml.token_type") + struct.pack("<IIQii", 9, 5, 2, 1, 3)


def test_the_head_tells_family_context_and_control_tokens(tmp_path):
    (tmp_path / "m.gguf").write_bytes(gguf(ARCHITECTURE, CONTEXT, TOKENS, KINDS))
    header = read_header(tmp_path / "m.gguf")
    assert (header.architecture, header.context, header.control_tokens) == ("llama", 2048, {"<|end|>"})


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no model file"):
        read_header(tmp_path / "none.gguf")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "incomplete"),
        (b"PK\x03\x04 a zip", "not a GGUF file"),
        (gguf(version=1), "version 1"),
        (gguf(ARCHITECTURE)[:-2], "more than it can hold|incomplete"),
        (gguf(count=2**60), "announces"),
        (gguf(struct.pack("<Q", 2**62)), "announces"),
        (gguf(string("k") + struct.pack("<I", 99)), "unknown type 99"),
        (gguf(tensors=1) + string("w") + struct.pack("<IQIQ", 1, 8, 0, 10**6), "before its weights"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, data, line):
    (tmp_path / "m.gguf").write_bytes(data)
    with pytest.raises(FormatError, match=line):
        read_header(tmp_path / "m.gguf")


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("gguf") / "m.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data)
    with contextlib.suppress(FormatError):
        read_header(path)


def test_a_changed_file_has_another_fingerprint(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"x" * 100)
    before = fingerprint(path)
    path.write_bytes(b"x" * 99 + b"y")
    assert fingerprint(path) != before


@pytest.mark.slow
def test_the_weights_that_come_along_are_a_llama():
    assert read_header(default_weights()).architecture == "llama"
