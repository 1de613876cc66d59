"""Where a population of personas stands on a map of values, and how far a descriptor moves it.

`axes` places one person, `population` many and what moves them, `people` reads them, `measure` asks them.
"""

from __future__ import annotations

from personae.measure.value_map.axes import Place, maxima, nearest_profile, place
from personae.measure.value_map.measure import ValueMap
from personae.measure.value_map.people import read_people
from personae.measure.value_map.population import Population, Shift, shift

__all__ = ["Place", "Population", "Shift", "ValueMap", "maxima", "nearest_profile", "place", "read_people", "shift"]
