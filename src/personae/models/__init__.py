"""How models and pair scorers are reached, by `open_model` and `open_pair_scorer`; names load at first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Cached": "cache",
    "CachedPairs": "pairs.cache",
    "Embedded": "embedded",
    "HfModel": "hf",
    "HfPairs": "pairs.hf",
    "HttpModel": "http",
    "JudgePairs": "pairs.judge",
    "Ledger": "ledger",
    "Metered": "ledger",
    "Prices": "ledger",
    "Scripted": "scripted",
    "ScriptedPairs": "pairs.scripted",
    "open_model": "registry",
    "open_pair_scorer": "registry",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
