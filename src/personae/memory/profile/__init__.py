"""The typed profile: what is believed of the user and of the persona, since when, and from which turns."""

from personae.memory.profile.always import AlwaysVisible
from personae.memory.profile.extraction import Extracted, extract, source_of
from personae.memory.profile.merging import Merged, Rejected, forget, merge
from personae.memory.profile.profile import Profile, Why, loads, replay
from personae.memory.profile.relations import Relations, scored
from personae.memory.profile.rendering import CAP, Shown, rendered
from personae.memory.profile.schema import Change, Entry, LogRow, Past, fields

__all__ = [
    "CAP",
    "AlwaysVisible",
    "Change",
    "Entry",
    "Extracted",
    "LogRow",
    "Merged",
    "Past",
    "Profile",
    "Rejected",
    "Relations",
    "Shown",
    "Why",
    "extract",
    "fields",
    "forget",
    "loads",
    "merge",
    "rendered",
    "replay",
    "scored",
    "source_of",
]
