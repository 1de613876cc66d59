"""Personas from journals: scrubbed, of one author's main theme, every statement with its entry and day."""

from __future__ import annotations

from personae.simulate.journals.build import JournalPersona, TraitFilter, persona_from_journal
from personae.simulate.journals.clusters import Clusters, clustered
from personae.simulate.journals.entries import Entry, read_journal
from personae.simulate.journals.scrub import Scrubber
from personae.simulate.journals.statements import Version, entry_id, versions
from personae.simulate.journals.talk import JournalTalk, journal_talk

__all__ = [
    "Clusters",
    "Entry",
    "JournalPersona",
    "JournalTalk",
    "Scrubber",
    "TraitFilter",
    "Version",
    "clustered",
    "entry_id",
    "journal_talk",
    "persona_from_journal",
    "read_journal",
    "versions",
]
