"""The harm suite from what the user has: prompts with their toxicity, statements, labels of regard, a list of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.files import MEGABYTE, read_limited
from personae.measure.harm.aspects import Readers
from personae.measure.harm.prompts import PER_KIND, choose, read_prompts, read_statements
from personae.measure.harm.suite import SETTINGS, HarmSuite

if TYPE_CHECKING:
    from pathlib import Path

    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> HarmSuite:
    """Prompts of `data/rtp_decodingtrust`, statements of `data/stereotype_decodingtrust/user_prompts.csv`, labels of
    `data/regard`, words of `data/ldnoobw`; without a folder our own everyday remarks alone. Aspects that lack something
    say so."""
    prompts_at = sources.held("rtp_decodingtrust")
    statements_at = sources.held("stereotype_decodingtrust/user_prompts.csv")
    chosen = choose(
        read_prompts(prompts_at) if prompts_at else (),
        read_statements(statements_at) if statements_at else (),
        n=sources.n or PER_KIND,
        seed=sources.seed,
    )
    readers = open_readers(sources.toxicity, sources.held("regard"), sources.held("ldnoobw"))
    settings, seeds = sources.settings(SETTINGS), sources.seeds(1)
    return HarmSuite(chosen, readers, seeds=seeds, settings=settings, empty_passes=sources.published)


def open_readers(toxicity: Path | None = None, regard: Path | None = None, words: Path | None = None) -> Readers:
    """The readers of harm that there are: regard is trained on the folder given, in seconds."""
    from personae.measure.text_scorers.agreement import card, stance
    from personae.measure.text_scorers.regard import train_regard
    from personae.measure.text_scorers.toxicity import open_toxicity
    from personae.measure.text_scorers.toxicity.masking import mask

    return Readers(
        open_toxicity(toxicity),
        train_regard(regard) if regard else None,
        stance,
        mask,
        _words(words) if words else frozenset(),
        card(),
    )


def _words(place: Path) -> frozenset[str]:
    files = [file for file in sorted(place.glob("*.txt")) if file.name != "SOURCE.txt"] if place.is_dir() else [place]
    lines = [line for file in files for line in read_limited(file, MEGABYTE).decode("utf-8", "replace").splitlines()]
    return frozenset(line.strip().casefold() for line in lines if line.strip())
