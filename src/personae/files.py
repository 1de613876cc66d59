"""Files: written whole or not at all, read only up to a limit."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UnsafeFile

MEGABYTE = 1024 * 1024


def write_atomic(path: Path | str, data: bytes | str) -> None:
    """Replace the file at `path` in one step; a crash leaves the old file or the new one, never half of it.

    Text is written as UTF-8. Missing parent folders are made.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    raw = data.encode("utf-8") if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(name, mode)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)


def read_limited(path: Path | str, limit: int) -> bytes:
    """The bytes of a file no larger than `limit`. Raises FormatError if it cannot be read, UnsafeFile if larger."""
    source = Path(path)
    try:
        with source.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise FormatError(f"cannot read {str(source)!r}: {error.strerror or error}") from error
    if len(data) > limit:
        raise UnsafeFile(f"{str(source)!r} is larger than {limit // MEGABYTE} MB; such files are not read")
    return data


def read_yaml(path: Path | str, limit: int = MEGABYTE) -> Any:
    """What a YAML or JSON file of a user's holds: plain lists, dicts, texts and numbers.

    Raises FormatError if it cannot be read or is neither, UnsafeFile above `limit` bytes.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    data = read_limited(path, limit)
    try:
        return YAML(typ="safe", pure=True).load(data)
    except (YAMLError, ValueError, RecursionError) as error:
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FormatError(f"{str(path)!r} cannot be read as YAML: {why}") from error


@cache
def bundled(package: str, name: str, language: str | None = None) -> Any:
    """What a YAML file of ours holds: plain lists, dicts, texts and numbers, read once. Do not change it.

    package: the room it lies in (`__package__`).
    name:    its path there ("texts/asking.en.yaml"); with a `language`, its path without language and ending, and where
             we have no such file the English one.

    >>> sorted(bundled("personae.models.choices", "texts/choices", "en")["probe"])
    ['options', 'question']
    """
    from ruamel.yaml import YAML

    source = files(package) / (name if language is None else f"{name}.{language}.yaml")
    if language is not None and not source.is_file():
        source = files(package) / f"{name}.en.yaml"
    return YAML(typ="safe").load(source.read_text("utf-8"))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
