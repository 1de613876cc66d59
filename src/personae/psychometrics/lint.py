"""What would make an instrument's numbers wrong: a table of small checks on items, keys, scales, labels and licence.

`lint` looks at the instrument alone; with human answers `lint_answers` asks whether keys and coding fit the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from personae.persona.lint import Finding
from personae.psychometrics.instrument import Instrument, Scale, nearest
from personae.psychometrics.published.ipip_neo import LABELS

__all__ = ["Finding", "expected_agree", "lint", "yes_sayers"]

#: A mean key beyond this (twice as many items on one side as on the other) lets agreeing pass for the trait.
LEANING = 1 / 3
#: Scales shorter than this are hardly scales.
SHORT = 3
_ORDER = {"error": 0, "warning": 1, "info": 2}


def lint(
    instrument: Instrument, *, scales: Iterable[Scale] = (), sha256: str = "", bundled: bool = False
) -> tuple[Finding, ...]:
    """Everything the checks find, errors first.

    `scales` are scales from elsewhere that are to be scored with the instrument's items; `sha256` is the checksum it
    should have, or its first digits; `bundled` asks whether it may be part of a package.

    >>> from personae.psychometrics import Item, Licence, Response
    >>> items = tuple(Item(id, f"Sentence {id}.", "E") for id in "abc")
    >>> loud = Instrument("loud", items, Response(("no", "unsure", "yes")), Licence("MIT", may_ship=True))
    >>> [(found.severity, found.rule, found.path) for found in lint(loud)]
    [('warning', 'balance', 'E')]
    """
    found = [finding for rule in RULES for finding in rule(instrument)]
    found += _unknown_items(instrument, scales)
    if sha256 and not instrument.sha256.startswith(sha256.lower()):
        found.append(Finding("error", "checksum", "", f"the checksum is {instrument.sha256[:12]}, not {sha256[:12]}"))
    if bundled and not instrument.licence.may_ship:
        found.append(Finding("error", "licence", "licence", f"{instrument.licence.name!r} does not let the texts ship"))
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


def yes_sayers(instrument: Instrument) -> dict[str, tuple[float, float]]:
    """What somebody scores who agrees fully with every wording, and who disagrees with every one, by domain.

    >>> from personae.psychometrics.library import key
    >>> {domain: round(agree, 3) for domain, (agree, _) in yes_sayers(key("ipip-neo-120")).items()}
    {'N': 3.833, 'E': 4.0, 'O': 3.0, 'A': 2.167, 'C': 2.833}
    """
    ends = instrument.response
    found = {}
    for scale in instrument.scales:
        if scale.level == "domain":
            agree, disagree = (
                sum(end if key == 1 else ends.turned(end) for key in scale.keys.values()) / len(scale.keys)
                for end in (ends.high, ends.low)
            )
            found[scale.name] = (agree, disagree)
    return found


def expected_agree(instrument: Instrument, domain: str) -> float:
    """What the key says an all-agree responder scores: middle + half the range · mean key (3 + 2·mean key on 1–5)."""
    keys, ends = instrument.scale(domain).keys.values(), instrument.response
    return ends.middle + (ends.high - ends.low) / 2 * sum(keys) / len(keys)


def _balance(instrument: Instrument) -> Iterator[Finding]:
    for domain, (agree, _) in yes_sayers(instrument).items():
        keys = list(instrument.scale(domain).keys.values())
        if abs(sum(keys)) > LEANING * len(keys):
            side = f"{keys.count(1)} of {len(keys)} items speak for it"
            yield Finding(
                "warning",
                "balance",
                domain,
                f"{side}: whoever agrees with everything scores {agree:.2f} of {_points(instrument)}",
            )


def _self_test(instrument: Instrument) -> Iterator[Finding]:
    """Scores the all-agree responder the way answers are scored and holds it against the key."""
    if instrument.coding != "raw":
        return
    for domain in instrument.domains:
        ids = instrument.scale(domain).keys
        scored = sum(instrument.keyed(id, instrument.response.high) for id in ids) / len(ids)
        if abs(scored - expected_agree(instrument, domain)) > 1e-9:
            yield Finding(
                "error", "self-test", domain,
                f"an all-agree responder scores {scored:.3f}; the key says {expected_agree(instrument, domain):.3f}",
            )  # fmt: skip


def _sentences(instrument: Instrument) -> Iterator[Finding]:
    empty = [item.id for item in instrument.items if not item.text.strip()]
    if len(empty) == len(instrument.items):
        yield Finding("info", "texts", "", "key only: answers can be scored, but nothing can be asked")
    elif empty:
        yield Finding("error", "texts", empty[0], f"{len(empty)} items have no sentence")
    same: dict[str, list[str]] = defaultdict(list)
    for item in instrument.items:
        if item.text.strip():
            same[" ".join(item.text.casefold().split()).rstrip(".")].append(item.id)
    for ids in same.values():
        if len(ids) > 1:
            yield _twice(instrument, ids)


def _twice(instrument: Instrument, ids: list[str]) -> Finding:
    named = ", ".join(map(repr, ids))
    if len({instrument.item(id).domain for id in ids}) == len(ids):
        return Finding("info", "duplicate", ids[1], f"the items {named} are the same sentence, counted for two scales")
    return Finding("warning", "duplicate", ids[1], f"the items {named} are the same sentence")


def _scales(instrument: Instrument) -> Iterator[Finding]:
    for scale in instrument.scales:
        if scale.level == "domain" and len(scale.keys) < SHORT:
            yield Finding("warning", "length", scale.name, f"{len(scale.keys)} scored items make no scale")
    homes: dict[str, set[str]] = defaultdict(set)
    for item in instrument.items:
        if item.facet and item.key:
            homes[item.facet].add(item.domain)
    for facet, domains in homes.items():
        if len(domains) > 1:
            named = ", ".join(map(repr, sorted(domains)))
            yield Finding("error", "scales", facet, f"the facet {facet!r} mixes items of the domains {named}")
        if facet in instrument.domains:
            yield Finding(
                "error", "scales", facet, f"{facet!r} is a domain and a facet; one of them cannot be asked for"
            )
    known = {scale.name for scale in instrument.scales} | {axis for item in instrument.items for axis in item.effects}
    for name in instrument.names:
        if name not in known:
            yield Finding("warning", "scales", name, f"a name is given for {name!r}, which no scored item belongs to")


def _unscored(instrument: Instrument) -> Iterator[Finding]:
    homeless = [item.id for item in instrument.items if item.key and not item.domain and not item.effects]
    unscored = [item.id for item in instrument.items if not item.key and not item.effects]
    if homeless:
        yield Finding("error", "scales", homeless[0], f"{len(homeless)} items have a key and belong to no domain")
    if unscored:
        yield Finding(
            "info", "unscored", unscored[0], f"{len(unscored)} of {len(instrument.items)} items are not scored"
        )


def _labels(instrument: Instrument) -> Iterator[Finding]:
    if instrument.lang != "en" and instrument.response.labels == LABELS:
        yield Finding("warning", "labels", "response", f"the items are in {instrument.lang!r}, the labels in English")


def _unknown_items(instrument: Instrument, scales: Iterable[Scale]) -> Iterator[Finding]:
    ids = [item.id for item in instrument.items]
    for scale in scales:
        for id, key in scale.keys.items():
            if id not in ids:
                yield Finding("error", "scales", scale.name, f"no item {id!r}{nearest(id, ids)}")
            elif key not in (1, -1):
                yield Finding("error", "scales", scale.name, f"the item {id!r} has the key {key!r}; +1 or -1 is needed")


def _points(instrument: Instrument) -> str:
    return f"{instrument.response.low}–{instrument.response.high}"


RULES: tuple[Callable[[Instrument], Iterator[Finding]], ...] = (
    _self_test, _balance, _sentences, _scales, _unscored, _labels,
)  # fmt: skip
