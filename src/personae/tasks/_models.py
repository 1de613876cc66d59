"""Models beside the one under test: judges and others, kept and counted, with what stands for a judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai.model import model_roles

from personae.errors import UsageError
from personae.judges.qualification.card import judge_note, read_card
from personae.measure.run_folder import LEDGER
from personae.models.cache import Cached
from personae.models.inspect import InspectModel, from_inspect
from personae.models.ledger import Ledger, Metered
from personae.tasks.run import inspect_model
from personae.types import Model

#: The model role judges may be given as.
ROLE = "grader"


def opened(name: str | None, cache: str | None, who: str) -> Model | None:
    """The model of this name, ours or Inspect's; answers are kept in the cache, calls in the ledger beside it."""
    return None if name is None else _kept(from_inspect(inspect_model(name)), cache, who)


def judges_named(names: str | None, cache: str | None) -> tuple[Model, ...]:
    """The judges by their names, separated by commas, or those in the role "grader"; none where there are neither."""
    listed = [name.strip() for name in (names or "").split(",") if name.strip()]
    if listed:
        return tuple(_kept(from_inspect(inspect_model(name)), cache, "judge") for name in listed)
    graders = model_roles().get(ROLE) or []
    graders = graders if isinstance(graders, list) else [graders]
    return tuple(_kept(InspectModel(each), cache, "judge") for each in graders)


def judged_by(name: str | None, card: str | None, cache: str | None) -> tuple[Model | None, dict[str, Any] | None]:
    """The one judge, by name or in the role "grader", and what stands for it. None for no judge.

    Raises UsageError for a card without a judge.
    """
    judge = opened(name, cache, "judge") or next(iter(judges_named(None, cache)), None)
    if judge is not None:
        return judge, judge_note(judge.name, read_card(card) if card else None)
    if card is not None:
        raise UsageError(f"the card {card!r} vouches for nobody; name the judge with -T judge=MODEL")
    return None, None


def _kept(model: Model, cache: str | None, who: str) -> Model:
    kept = Cached(model, cache) if cache is not None else model
    return Metered(kept, Ledger(Path(cache).with_name(LEDGER) if cache else None), who=f"{who}/{model.name}")
