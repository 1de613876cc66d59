"""What does playing a persona cost in reasoning? Items of others, the same ones with and without, tested in pairs."""

from __future__ import annotations

from personae.measure.persona_tax.items import Items, read
from personae.measure.persona_tax.measure import PersonaTax
from personae.measure.persona_tax.tax import Tax, spread_and_controllability, taxes
from personae.measure.persona_tax.traits import TRAITS

__all__ = ["TRAITS", "Items", "PersonaTax", "Tax", "read", "spread_and_controllability", "taxes"]
