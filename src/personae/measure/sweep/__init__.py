"""One runner and one table for all audits of personas: persona × instruction × item × seed, with controls.

`design` says what is asked, `run` asks it, `rows` keeps it; `contrasts` sets each persona against a control.
"""

from __future__ import annotations

from personae.measure.sweep.design import Cell, Design, Item
from personae.measure.sweep.rows import Row, Table
from personae.measure.sweep.run import Sweep, sweep
from personae.measure.sweep.subjects import CONTROL, HUMAN, NONE, Subject, controls, subject_of
from personae.measure.sweep.wording import Instruction, instruction

__all__ = [
    "CONTROL",
    "HUMAN",
    "NONE",
    "Cell",
    "Design",
    "Instruction",
    "Item",
    "Row",
    "Subject",
    "Sweep",
    "Table",
    "controls",
    "instruction",
    "subject_of",
    "sweep",
]
