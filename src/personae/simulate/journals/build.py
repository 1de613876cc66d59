"""A persona from a journal: the entries of the author's main theme, what they say, where and when it was said.

Entries are scrubbed first, embedded, clustered, and the largest cluster is kept: what somebody writes about most stands
for them better than everything they ever noted. [Beyond Discrete Personas 2025]
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.persona.parts import Provenance
from personae.persona.persona import Persona
from personae.simulate.journals.clusters import MAX_ROWS, clustered
from personae.simulate.journals.entries import Entry
from personae.simulate.journals.scrub import Scrubber
from personae.simulate.journals.statements import Version, told_in, versions
from personae.stats.intervals import FloatArray
from personae.types import Embedder, PairScorer

#: Fewer entries are not clustered: all of them are kept.
MIN_ENTRIES = 6
#: Where the largest cluster holds a smaller share of the entries, there is no one main theme, and this is said (ours).
MAIN_THEME = 1 / 3
#: A persona holds so many statements at most.
MOST_STATEMENTS = 120
#: An embedder reads a few hundred words; longer entries are the mean of their parts.
PART_WORDS = 150
#: From this probability on an entry is taken to show the trait [Beyond Discrete Personas 2025].
TRAIT_THRESHOLD = 0.4


@dataclass(frozen=True)
class TraitFilter:
    """Keeps entries that show a trait. `score` gives a probability for each text, None where it cannot say.

    The published classifier was trained on labels "above the 40th percentile of the trait" and cut at .4; which trait,
    and how it is read from text, is up to `score`.
    """

    trait: str
    score: Callable[[Sequence[str]], Sequence[float | None]]
    threshold: float = TRAIT_THRESHOLD


@dataclass(frozen=True)
class JournalPersona:
    """What came of a journal.

    persona: its statements have the entry as their source (`entry_id`) and the day as `valid_from`; None where nothing
             is left to tell, and `reason` says why.
    entries: all entries, scrubbed; `kept` are those the persona was made from.
    left_out: entries that were not used, by reason; `unsaid` the same for sentences of kept entries.
    clusters: sizes, largest first; empty where too few entries were there to cluster, which `notes` say.
    scrubbed: what was taken out, by kind.
    versions: statements that a later one contradicts.
    """

    persona: Persona | None
    reason: str | None
    entries: tuple[Entry, ...]
    kept: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    unsaid: dict[str, int] = field(default_factory=dict)
    clusters: tuple[int, ...] = ()
    silhouettes: dict[int, float] = field(default_factory=dict)
    scrubbed: dict[str, int] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, without texts of entries that were not used."""
        data = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in ("persona", "entries")}
        data["silhouettes"] = {str(k): round(value, 4) for k, value in self.silhouettes.items()}
        data["versions"] = [dataclasses.asdict(one) for one in self.versions]
        return {"persona": self.persona.model_dump(mode="json") if self.persona else None, **data,
                "entries": len(self.entries)}  # fmt: skip


async def persona_from_journal(
    entries: Sequence[Entry],
    *,
    consent: str,
    embedder: Embedder,
    name: str = "Diarist",
    hide: Sequence[str] = (),
    trait: TraitFilter | None = None,
    scorer: PairScorer | None = None,
    most: int = MOST_STATEMENTS,
    seed: int = 0,
) -> JournalPersona:
    """The persona of one author's journal.

    `consent` says who agreed to this use, how and when; it is kept with the persona, and without it there is none
    (`UsageError`). `hide` are names of people in the journal, the author's among them. With a `scorer` contradictions
    are looked for by meaning, not only among facts that take one value.
    """
    if len(consent.split()) < 2:
        raise UsageError(f"the consent note is {consent!r}; say who agreed to the use of this journal, how and when")
    if len({entry.author for entry in entries}) > 1:
        raise UsageError("entries of several authors; a persona is made from the journal of one")
    if len(entries) > MAX_ROWS:
        raise UsageError(f"{len(entries)} entries; at most {MAX_ROWS} are read, so give a part of the journal")
    if most < 1 or not name.strip():
        raise UsageError(f"at most {most!r} statements for {name!r}; give 1 or more, and a name")
    scrub = Scrubber([*hide, *({entry.author for entry in entries} - {""})])
    clean = tuple(dataclasses.replace(entry, text=scrub(entry.text), author="") for entry in entries)
    found = _chosen(clean, embedder, trait, seed)
    found = dataclasses.replace(found, scrubbed=dict(scrub.counts))
    return await _told(found, consent, name.strip(), scorer, most, embedder.name)


def _chosen(entries: Sequence[Entry], embedder: Embedder, trait: TraitFilter | None, seed: int) -> JournalPersona:
    """The entries that stand for the author, nearest to their common centre first."""
    unread = getattr(embedder, "unread", lambda text: None)
    whys = [unread(entry.text) if any(map(str.isalnum, entry.text)) else "empty" for entry in entries]
    left = Counter(why for why in whys if why)
    readable = [entry for entry, why in zip(entries, whys, strict=True) if not why]
    vectors = _embedded(readable, embedder)
    sizes: tuple[int, ...] = ()
    silhouettes: dict[int, float] = {}
    notes: list[str] = []
    rows = np.arange(len(readable))
    if len(readable) < MIN_ENTRIES:
        notes.append(f"{len(readable)} entries are too few to cluster ({MIN_ENTRIES} are needed); all of them are kept")
    else:
        groups = clustered(vectors, seed=seed)
        rows, sizes, silhouettes = np.flatnonzero(groups.labels == 0), groups.sizes, groups.silhouettes
        if len(rows) < MAIN_THEME * len(readable):
            share = len(rows) / len(readable)
            notes.append(f"the largest of {len(sizes)} clusters holds {share:.0%} of the entries: no one main theme")
        left["another theme"] += len(readable) - len(rows)
    if trait is not None:
        scores = trait.score([readable[row].text for row in rows])
        shows = np.array([score is not None and score >= trait.threshold for score in scores], dtype=bool)
        left[f"does not show {trait.trait}"] += int((~shows).sum())
        rows = rows[shows]
    closeness = vectors @ vectors[rows].mean(axis=0) if len(rows) else np.zeros(len(vectors))
    near = sorted(rows.tolist(), key=lambda row: -float(closeness[row]))
    kept = tuple(readable[row].id for row in near)
    return JournalPersona(
        None, None, tuple(entries), kept, {why: n for why, n in left.items() if n}, {}, sizes, silhouettes,
        notes=tuple(notes),
    )  # fmt: skip


async def _told(
    found: JournalPersona, consent: str, name: str, scorer: PairScorer | None, most: int, embedder: str
) -> JournalPersona:
    """The chosen entries as a persona with its provenance."""
    by_id = {entry.id: entry for entry in found.entries}
    told = told_in([by_id[id] for id in found.kept], most=most)
    found = dataclasses.replace(found, unsaid=told.left_out)
    if not told.statements:
        why = "no entry is left" if not found.kept else "the entries say nothing in the first person"
        return dataclasses.replace(found, reason=f"no persona: {why}")
    days = sorted(entry.date for entry in (by_id[id] for id in found.kept) if entry.date)
    span = f", {days[0]} to {days[-1]}" if days else ", undated"
    source = f"journal: {len(found.kept)} of {len(found.entries)} entries{span}"
    about = {
        "consent": consent,
        "entries": len(found.entries),
        "kept": len(found.kept),
        "clusters": list(found.clusters),
        "embedder": embedder,
        "scrubbed": found.scrubbed,
    }
    persona = Persona(
        name=name,
        statements=told.statements,
        provenance=Provenance(notes=f"Consent: {consent}", sources=(source,)),
        extensions={"journal": about},
    )
    dated, clashes = await versions(persona, scorer)
    return dataclasses.replace(found, persona=dated, versions=clashes)


def _embedded(entries: Sequence[Entry], embedder: Embedder) -> FloatArray:
    """A unit vector per entry; of a long one the mean of its parts."""
    words = [entry.text.split() for entry in entries]
    parts = [[" ".join(w[at : at + PART_WORDS]) for at in range(0, len(w), PART_WORDS)] for w in words]
    vectors = np.asarray(embedder.embed([part for each in parts for part in each]), dtype=np.float64)
    ends = np.cumsum([len(each) for each in parts])
    rows = [vectors[end - len(each) : end].mean(axis=0) for each, end in zip(parts, ends, strict=True)]
    whole = np.stack(rows) if rows else np.zeros((0, vectors.shape[1]))
    unit: FloatArray = whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-12)
    return unit
