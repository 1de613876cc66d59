"""From a name to a model: `open_model("embedded")`, `open_model("http/my-model", base_url=…)`, any Inspect name.

The part before the first "/" is looked up in `BACKENDS`, then among the providers of Inspect AI.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from personae.errors import MissingExtra, UsageError
from personae.types import Model, PairScorer

#: name -> "module:factory"; the factory gets what follows the "/" (None if nothing does) and the options.
BACKENDS: dict[str, str] = {
    "embedded": "personae.models.registry:open_embedded",
    "hf": "personae.models.registry:open_hf",
    "http": "personae.models.registry:open_http",
    "scripted": "personae.models.registry:open_scripted",
}

#: name -> "module:factory" of pair scorers; the factory gets what follows the "/" and the options.
PAIR_SCORERS: dict[str, str] = {
    "embedded": "personae.models.pairs.embedded:open_embedded_pairs",
    "hf": "personae.models.pairs.hf:open_hf_pairs",
    "judge": "personae.models.pairs.judge:open_judge_pairs",
}

#: Prefixes that go to Inspect AI; its own message lists the models of each.
INSPECT_PROVIDERS: tuple[str, ...] = (
    "anthropic", "azureai", "bedrock", "cf", "deepseek", "fireworks", "goodfire", "google", "grok", "groq",
    "hf-inference-providers", "llama-cpp-python", "mistral", "mockllm", "nebius", "none", "ollama", "openai",
    "openai-api", "openrouter", "perplexity", "personae", "sagemaker", "sambanova", "sglang", "together",
    "transformer_lens", "vllm",
)  # fmt: skip


def open_model(spec: str, **options: Any) -> Model:
    """The model a name stands for; `options` go to its class.

    "embedded"                the language model that comes with the toolkit
    "embedded/PATH.gguf"      any GGUF file on the embedded server
    "hf/DIR_OR_GGUF"          Transformers, from a folder, a GGUF file or a hub name
    "http/MODEL"              an OpenAI-compatible endpoint; `base_url=` or the variable PERSONAE_BASE_URL
    "scripted/TEXT"           always says TEXT
    "openai/…", "mockllm/…"   any model of Inspect AI

    Raises `UsageError` for an unknown name, with the names that come close; `MissingExtra` where a part of the
    toolkit is not installed.

    >>> open_model("scripted/Hello").name
    'scripted/Hello'
    """
    backend, slash, rest = spec.partition("/")
    if backend in BACKENDS:
        module, _, factory = BACKENDS[backend].partition(":")
        opened: Model = getattr(import_module(module), factory)(rest if slash else None, **options)
        return opened
    if backend in INSPECT_PROVIDERS and rest:
        if find_spec("inspect_ai") is None:
            raise MissingExtra("evals", "inspect_ai")
        from personae.models.inspect import from_inspect

        return from_inspect(spec, **options)
    raise UsageError(_unknown(spec, backend))


def open_pair_scorer(spec: str = "embedded", **options: Any) -> PairScorer:
    """The pair scorer a name stands for; `options` go to its class.

    "embedded"           the one that comes with the toolkit
    "embedded/FOLDER"    weights of your own (`personae train pair-scorer`)
    "hf/DIR_OR_NAME"     any Transformers NLI model, from a folder or a hub name
    "judge/MODEL"        a language model (a name as in `open_model`) that is asked

    Raises `UsageError` for an unknown name, `MissingExtra` where a part of the toolkit is not installed.
    """
    backend, slash, rest = spec.partition("/")
    if backend not in PAIR_SCORERS:
        raise UsageError(f"unknown pair scorer {spec!r}; known are {', '.join(PAIR_SCORERS)}")
    module, _, factory = PAIR_SCORERS[backend].partition(":")
    opened: PairScorer = getattr(import_module(module), factory)(rest if slash else None, **options)
    return opened


def open_embedded(path: str | None, **options: Any) -> Model:
    """`Embedded`, with the weights that come with the toolkit when no path is given."""
    from personae.models.embedded import Embedded

    return _made(Embedded, path or None, **options)


def open_hf(source: str | None, **options: Any) -> Model:
    """`HfModel`; a source is needed."""
    if not source:
        raise UsageError("'hf' needs a source: hf/FOLDER, hf/FILE.gguf or hf/HUB-NAME")
    from personae.models.hf import HfModel

    return _made(HfModel, source, **options)


def open_http(model: str | None, **options: Any) -> Model:
    """`HttpModel`; a model name and an address are needed."""
    base_url = options.pop("base_url", None) or os.environ.get("PERSONAE_BASE_URL")
    if not model or not base_url:
        raise UsageError(
            f"'http' needs a model and an address, got {model!r} and {base_url!r}; write http/MODEL and give "
            "base_url or set PERSONAE_BASE_URL"
        )
    from personae.models.http import HttpModel

    return _made(HttpModel, model, base_url, **options)


def open_scripted(text: str | None, **options: Any) -> Model:
    """`Scripted` that always says the same text, which is needed."""
    if not text:
        raise UsageError("'scripted' needs a text to say: scripted/TEXT")
    from personae.models.scripted import Scripted

    return _made(Scripted, lambda _messages: text, name=f"scripted/{text}", **options)


def _made(make: Callable[..., Model], *arguments: Any, **options: Any) -> Model:
    try:
        return make(*arguments, **options)
    except TypeError as error:
        raise UsageError(f"a model option does not fit: {error}; got {sorted(options)!r}") from error


def _unknown(spec: str, backend: str) -> str:
    known = [*BACKENDS, *INSPECT_PROVIDERS]
    if backend in INSPECT_PROVIDERS:
        return f"{spec!r} names a provider but no model; write {backend}/MODEL"
    close = difflib.get_close_matches(backend, known, n=3)
    hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return (
        f"unknown model {spec!r}; {hint}Known are {', '.join(BACKENDS)}, and of Inspect {', '.join(INSPECT_PROVIDERS)}"
    )
