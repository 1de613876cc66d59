"""Does an agent keep to its goal when what it reads draws it away?

`items` are screens, `matching` finds the choice in a reply, `measure` shows them and counts.
"""

from __future__ import annotations

from personae.measure.distraction.items import Item, own_items, read_items
from personae.measure.distraction.matching import classed
from personae.measure.distraction.measure import Distraction

__all__ = ["Distraction", "Item", "classed", "own_items", "read_items"]
