"""The whole examination of a judge: role identification, then every probe, into one card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from personae.errors import UsageError
from personae.judges.qualification import bundled, probes
from personae.judges.qualification.card import ItemSet, JudgeCard
from personae.judges.qualification.probes import Examination
from personae.judges.qualification.speakers import SpeakerItem, checksum, lexical_baseline
from personae.models.choices import Administration, Way, ask, orders
from personae.models.choices.ways import opened
from personae.models.ledger import Ledger, Metered, Total
from personae.types import Measurement, Model

T = TypeVar("T")

#: Models whose log-probabilities are exact and cheaper than their words.
SCORED = ("embedded/", "hf/")
#: Hears which set is being asked, how many of its items are done, and how many there are.
OnStep = Callable[[str, int, int], None]


async def qualify(
    model: Model,
    *,
    date: str,
    items: Sequence[SpeakerItem] | None = None,
    source: str = "personae",
    way: Way | None = None,
    limit: int | None = None,
    only: Collection[str] = bundled.PROBES,
    seed: int = 0,
    at_once: int = 20,
    on_step: OnStep | None = None,
) -> JudgeCard:
    """Examine a judge and give its card.

    date:   the day of the examination, ISO 8601.
    items:  role-identification items (ours when None), `source` what they are called on the card. The probes are ours.
    way:    how it answers; None takes log-probabilities of letters from the embedded model and Transformers, else
            probabilities in JSON, and letters where a model cannot write those (`fitting_way`).
    limit:  at most so many items of each set; only: the probes to take besides role identification. A card of a part
            can disqualify a judge, but not qualify it.
    Over a `Cached` model a second run costs no call, and one that was killed goes on where it was. Raises `UsageError`
    for fewer than one item or an unknown probe, and the `ModelError`s that would meet every question.
    """
    given = bundled.speakers() if items is None else tuple(items)
    if not given or (limit is not None and limit < 1):
        raise UsageError(f"{len(given)} role-identification items, limit {limit!r}; one item or more is needed")
    if unknown := sorted(set(only) - set(probes.RUN)):
        raise UsageError(f"unknown probe {unknown[0]!r}; there are {', '.join(probes.RUN)}")
    ledger = Ledger(None)
    metered = Metered(model, ledger, who="judge")
    asked = spread(given, limit, lambda item: item.id)
    chosen = way or await fitting_way(metered, asked[0], seed)
    sets = {"speakers": ItemSet(checksum(given), len(given), len(asked), source)}
    figures: list[Measurement] = []

    def exam(name: str, planned: int) -> Examination:
        return Examination(metered, chosen, seed, at_once, _counting(on_step, name, planned))

    done = await exam("speakers", len(asked)).choices([item.mcq() for item in asked])
    figures += identification_figures(done, asked)
    for name, probe in probes.RUN.items():
        every = bundled.probe(name)
        some = spread(every, limit if name in only else 0, lambda item: str(item["id"]))
        sets[name] = ItemSet(bundled.checksums()[name], len(every), len(some))
        figures += [] if not some else await probe(exam(name, len(some) * probes.STEPS.get(name, 1)), some)
    calls = _account(ledger.total())
    return JudgeCard(model.name, date, chosen, sets, tuple(figures), seed=seed, calls=calls)


def identification_figures(done: Administration, items: Sequence[SpeakerItem]) -> list[Measurement]:
    """The figures of role identification: top-1, top-2, mean rank, Brier, ECE, the baseline to beat, taste for a place.

    Below 90 % of items answered only the baseline has a value. "brier" holds what a uniform answer gets, "baseline"
    both chance and what shared words reach, "place" the p of all places being picked alike.
    """
    accuracy = done.measurements("top_1")[0]
    base = lexical_baseline(items)
    words = {"chance": base.chance, "lexical": base.lexical}
    baseline = Measurement("baseline", base.to_beat, n=base.n, unit="share", details=words)
    found = done.identification
    if accuracy.value is None or found is None:
        names = ("top_1", "top_2", "mean_rank", "brier", "ece", "place")
        reason = accuracy.reason or "nothing was answered"
        none = [Measurement(name, reason=reason, n=accuracy.n, missing=done.missing) for name in names]
        return [none[0], baseline, *none[1:]]
    top, second = found.top_1, found.top_2
    outcomes = {"answered": found.n, **done.missing}
    kept = {key: accuracy.details[key] for key in ("chance", "cut_words", "incomplete", "asked_again")}
    details = {"outcomes": outcomes, "items": done.credits(), **kept}
    uniform = found.uniform
    return [
        Measurement("top_1", top.value, None, top.low, top.high, top.n, done.missing, "share", details),
        baseline,
        Measurement("top_2", second.value, None, second.low, second.high, second.n, done.missing, "share"),
        Measurement("mean_rank", found.mean_rank, n=found.n, details={"uniform": uniform.mean_rank}),
        Measurement("brier", found.brier, n=found.n, details={"uniform": uniform.brier}),
        Measurement("ece", found.ece, n=found.rows),
        _place(done),
    ]


async def fitting_way(model: Model, item: SpeakerItem, seed: int = 0) -> Way:
    """How this judge can answer: "letters" where log-probabilities are at hand, "shares" where it writes them as JSON
    when asked for one item (up to six times), else "spoken"."""
    if model.name.startswith(SCORED):
        return "letters"
    mcq = item.mcq()
    asked = await ask(await opened(model, "shares"), mcq, orders(mcq, seed=seed)[:1])
    return "spoken" if asked.outcome in ("unparsed", "empty", "truncated") else "shares"


def spread(items: Sequence[T], limit: int | None, id_of: Callable[[T], str]) -> tuple[T, ...]:
    """At most `limit` items, drawn over the whole set and the same every time; all in their order when None."""
    if limit is None or limit >= len(items):
        return tuple(items)
    drawn = sorted(items, key=lambda item: hashlib.sha256(id_of(item).encode()).hexdigest())[:limit]
    kept = {id_of(item) for item in drawn}
    return tuple(item for item in items if id_of(item) in kept)


def _place(done: Administration) -> Measurement:
    """The share of picks on the first place, with the exact counts and the p of no taste for any place."""
    found = done.places
    if found is None:
        return Measurement("place", reason="the options were never shown in places")
    first = sum(counts[0] for counts in found.picked.values())
    total = sum(sum(counts) for counts in found.picked.values())
    details: dict[str, Any] = {
        "p": found.picked_test.p,
        "biased": found.biased,
        "picked": {str(size): list(counts) for size, counts in found.picked.items()},
        "gold": {str(size): list(counts) for size, counts in found.gold.items()},
    }
    return Measurement("place", first / total, n=round(total), unit="share", details=details)


def _counting(on_step: OnStep | None, name: str, planned: int) -> Callable[[], None]:
    if on_step is None:
        return lambda: None
    count = 0
    on_step(name, 0, planned)

    def done() -> None:
        nonlocal count
        count += 1
        on_step(name, count, planned)

    return done


def _account(total: Total) -> dict[str, Any]:
    usage = total.usage
    return {
        "calls": total.calls,
        "from_cache": total.hits,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "failures": dict(total.failures),
    }
