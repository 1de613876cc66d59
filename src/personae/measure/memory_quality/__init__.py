"""What a memory keeps of labelled talks: junk, duplicates, what nobody said, what it missed, and what it costs."""

from personae.measure.memory_quality.labelled import Label, LabelledTurn, Talk, read_talk
from personae.measure.memory_quality.measure import quality
from personae.measure.memory_quality.scores import Judged, judged

__all__ = ["Judged", "Label", "LabelledTurn", "Talk", "judged", "quality", "read_talk"]
