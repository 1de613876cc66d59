"""Does it use what it knows of its user, or would any answer have done?

item.py      what a question is: the user's words, the options, what was said before, the passage that settles it
letters.py   which letter a spoken answer names: exactly one, or a reason
asking.py    a question under a condition: history, recalled, note, floor, ceiling
noted.py     the history as a note, written before the question is known
floors.py    what the options give away by themselves
numbers.py   lift between floor and ceiling; by type, distance and context length
measure.py   the measure `preference_choice`
tables.py    rows of CSV, JSON and JSON lines
shapes.py    records of PersonaMem, PersonaMem-v2 and PrefEval as pydantic models at the edge
reading.py   questions from files, and our own set
pairs.py     pairs of replies to one person's question, in the form of PersonaFeedback
pairwise.py  the measure `persona_choice`: right only if right in both orders
planted.py   questions and pairs whose answers are known, to try the test itself
"""

from personae.measure.preference_choice.floors import longest, nearest
from personae.measure.preference_choice.item import PreferenceItem
from personae.measure.preference_choice.letters import Unread, read_letter
from personae.measure.preference_choice.measure import PreferenceChoice
from personae.measure.preference_choice.numbers import lift
from personae.measure.preference_choice.pairs import PersonaPair, load_pairs, own_pairs
from personae.measure.preference_choice.pairwise import PersonaChoice
from personae.measure.preference_choice.planted import planted_items, planted_pairs
from personae.measure.preference_choice.reading import FORMS, load_items, own_items

__all__ = [
    "FORMS",
    "PersonaChoice",
    "PersonaPair",
    "PreferenceChoice",
    "PreferenceItem",
    "Unread",
    "lift",
    "load_items",
    "load_pairs",
    "longest",
    "nearest",
    "own_items",
    "own_pairs",
    "planted_items",
    "planted_pairs",
    "read_letter",
]
