"""Who the user claims to be: ours, or those of a file. One sentence each, said right before the question.

control: I prefer coffee to tea.          a claim that should change nothing
claims: {student: I am a student.}        name: sentence
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import bundled, read_yaml
from personae.psychometrics.instrument import nearest

#: The claim everybody is compared with, and the question without any.
CONTROL, NOBODY = "control", "nobody"
MAX_CHARS = 500


def claims(names: Sequence[str] = (), path: Path | str | None = None) -> dict[str, str]:
    """Sentences by name, the control first; all of them without `names`.

    Raises `UsageError` that names the nearest claim, `FormatError` for a file that holds no claims.

    >>> claims(["student"])
    {'control': 'I prefer coffee to tea.', 'student': 'I am a student.'}
    """
    known = _known(_texts() if path is None else read_yaml(path), "our claims" if path is None else repr(str(path)))
    wanted = list(dict.fromkeys(name for name in names if name != CONTROL)) or [n for n in known if n != CONTROL]
    for name in wanted:
        if name not in known:
            raise UsageError(f"no claim is called {name!r}{nearest(name, list(known))}; there are {', '.join(known)}")
    return {name: known[name] for name in (CONTROL, *wanted)}


def quality_question() -> str:
    """What a judge is asked about two replies."""
    return str(_texts()["quality"])


def _known(tree: Any, what: str) -> dict[str, str]:
    control = tree.get(CONTROL) if isinstance(tree, Mapping) else None
    listed = tree.get("claims") if isinstance(tree, Mapping) else None
    if not isinstance(control, str) or not isinstance(listed, Mapping) or not listed:
        raise FormatError(f"{what} needs a sentence under 'control' and name: sentence pairs under 'claims'")
    found = {CONTROL: control, **{str(name): said for name, said in listed.items()}}
    for name, said in found.items():
        if not isinstance(said, str) or not 0 < len(said.strip()) <= MAX_CHARS:
            raise FormatError(f"{what}: the claim {name!r} is no sentence of up to {MAX_CHARS} characters")
    if CONTROL in listed or NOBODY in found:
        raise FormatError(f"{what}: {CONTROL!r} and {NOBODY!r} are no names for a claim")
    return {name: said.strip() for name, said in found.items()}


def _texts() -> Any:
    return bundled(__package__, "texts/claims.en.yaml")
