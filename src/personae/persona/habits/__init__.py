"""What lies behind a habit: the situation somebody does it in, and what comes before and after.

schema   the schema of an event, and how it is read and written
making   from one fact to its schema, with a model
recall   the schema that fits a turn, and its best lines
"""

from __future__ import annotations

from personae.persona.habits.making import Made, schema_of
from personae.persona.habits.recall import Habits, Recollection
from personae.persona.habits.schema import FIELDS, HabitSchema, Line, dump_schemas, load_schemas, read_schema

__all__ = [
    "FIELDS",
    "HabitSchema",
    "Habits",
    "Line",
    "Made",
    "Recollection",
    "dump_schemas",
    "load_schemas",
    "read_schema",
    "schema_of",
]
