"""How a language model is reached. Start with `open_model`; names are loaded at first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Cached": "cache",
    "Embedded": "embedded",
    "HfModel": "hf",
    "HttpModel": "http",
    "Ledger": "ledger",
    "Metered": "ledger",
    "Prices": "ledger",
    "Scripted": "scripted",
    "open_model": "registry",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
