"""Where turns are kept: the role `Store`, on SQLite (`open_store("memory.db")`) or Postgres (`open_store("postgresql://…")`),
and its export as JSON Lines."""

from personae.memory.store.lines import export_lines, import_lines
from personae.memory.store.opening import open_store
from personae.memory.store.roles import EVERY, Document, Forgotten, Found, Kept, Only, Store, StoreError

__all__ = [
    "EVERY",
    "Document",
    "Forgotten",
    "Found",
    "Kept",
    "Only",
    "Store",
    "StoreError",
    "export_lines",
    "import_lines",
    "open_store",
]
