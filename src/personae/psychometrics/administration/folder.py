"""The folder of a run: its rows, and what must not change while it is continued."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from personae.errors import FormatError, RunError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.psychometrics.administration.design import Respondent
from personae.psychometrics.administration.wording import texts_sha256
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.rows import Row, line, read_rows, write_rows
from personae.types import Settings

ROWS, ABOUT = "rows.jsonl", "about.json"


class Folder:
    """A run on disk. Used as a context: rows are appended one by one and are in the file when `add` returns.

    Conditions and respondents may be added to a run later, for a row names its own; what a row does not name – item
    texts and labels, wording, settings, who a respondent is – has to stay. Raises `RunError` where it has not.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.rows_path = self.path / ROWS

    def claim(self, instrument: Instrument, respondents: Sequence[Respondent], settings: Settings) -> None:
        """Write what the run is about, or compare it with what stands there."""
        about = _about(instrument, respondents, settings)
        before = self._about()
        for name, value in about.items():
            if isinstance(value, dict) and isinstance(before.get(name), dict):
                same = [key for key in value if key in before[name] and before[name][key] != value[key]]
                if same:
                    raise RunError(f"{str(self.path)!r} holds a run with another {name[:-1]} {same[0]!r}; {_NEXT}")
                about[name] = before[name] | value
            elif name in before and before[name] != value:
                raise RunError(f"{str(self.path)!r} holds a run with other {name}: {before[name]!r}; {_NEXT}")
        write_atomic(self.path / ABOUT, json.dumps(before | about, ensure_ascii=False, indent=1) + "\n")

    def rows(self) -> list[Row]:
        """The rows so far; none where nothing was answered yet."""
        return list(read_rows(self.rows_path)) if self.rows_path.exists() else []

    def __enter__(self) -> Folder:
        write_rows(self.rows_path, ())  # closes a line that a kill cut off
        self._file = self.rows_path.open("ab", buffering=0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows in one write."""
        self._file.write("".join(f"{line(row)}\n" for row in rows).encode())

    def _about(self) -> dict[str, Any]:
        path = self.path / ABOUT
        if not path.exists():
            return {}
        try:
            tree = json.loads(read_limited(path, 64 * MEGABYTE))
        except ValueError as error:
            raise FormatError(f"{str(path)!r} cannot be read: {error}; give another folder") from error
        if not isinstance(tree, dict):
            raise FormatError(f"{str(path)!r} is not what a run is about; give another folder")
        return tree


_NEXT = "give another folder, or ask as it was asked before"


def _about(instrument: Instrument, respondents: Sequence[Respondent], settings: Settings) -> dict[str, Any]:
    told: Mapping[str, Any] = asdict(settings)
    return {
        "instruments": {instrument.id: {"version": instrument.version, "sha256": instrument.sha256}},
        "respondents": {one.name: _digest(one) for one in respondents},
        "settings": {name: told[name] for name in ("temperature", "top_p", "max_tokens", "stop")}
        | {"stop": list(settings.stop)},
        "wording": texts_sha256(),
    }


def _digest(one: Respondent) -> str:
    told = [[message.role, message.content] for message in one.before]
    return sha256(json.dumps([told, one.template], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[
        :16
    ]
