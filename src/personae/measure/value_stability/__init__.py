"""What does a model value, whoever it plays? Random people, the same items, and where the answers come from."""

from __future__ import annotations

from personae.measure.value_stability.items import Item, Items, read_items
from personae.measure.value_stability.measure import ValueStability
from personae.measure.value_stability.people import random_people

__all__ = ["Item", "Items", "ValueStability", "random_people", "read_items"]
