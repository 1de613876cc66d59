"""An instrument for a table of people: its key alone is enough for the baselines, clones have to be told sentences."""

from __future__ import annotations

import contextlib
from pathlib import Path

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.library import key, load


def instrument_named(name: str, data: Path | str | None = None, *, with_texts: bool = True) -> Instrument:
    """The instrument of that name or in that file, sentences from the folder `data`; see `psychometrics.library.load`.

    Without texts a published key is taken as it ships, and no data folder is needed.

    >>> len(instrument_named("ipip-neo-300", with_texts=False).items)
    300
    """
    if not with_texts:
        with contextlib.suppress(UsageError):
            return key(name)
    return load(name, data)
