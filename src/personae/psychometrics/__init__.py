"""Questionnaires as instruments: what they ask, how they are put, what an answer is worth and what may be reported."""

from __future__ import annotations

from personae.psychometrics.instrument import Instrument, Item, Licence, Response, Scale
from personae.psychometrics.rows import Row, read_rows, write_rows

__all__ = ["Instrument", "Item", "Licence", "Response", "Row", "Scale", "read_rows", "write_rows"]
