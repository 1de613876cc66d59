"""Names of models, and what a wrong one is told."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.models.registry import BACKENDS, open_model


async def test_a_scripted_model_says_its_name():
    assert open_model("scripted/Good evening").name == "scripted/Good evening"


def test_an_http_model_takes_its_address_from_the_option_or_the_environment(monkeypatch):
    assert open_model("http/gpt-x", base_url="http://localhost:1/v1").name == "http/gpt-x"
    monkeypatch.setenv("PERSONAE_BASE_URL", "http://localhost:2/v1")
    assert open_model("http/org/gpt-x").name == "http/org/gpt-x"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("embeded", "did you mean 'embedded'"),
        ("nonsense/x", "Known are embedded, hf, http, scripted"),
        ("", "unknown model ''"),
        ("hf", "hf/FILE.gguf"),
        ("http/gpt", "PERSONAE_BASE_URL"),
        ("openai", "write openai/MODEL"),
        ("embedded/no/such.gguf", "no model file at 'no/such.gguf'"),
    ],
)
def test_a_wrong_name_is_told_the_next_step(spec, line, monkeypatch):
    monkeypatch.delenv("PERSONAE_BASE_URL", raising=False)
    with pytest.raises(UsageError, match=line):
        open_model(spec)


def test_an_option_the_model_does_not_know_is_named():
    with pytest.raises(UsageError, match="colour"):
        open_model("scripted/Hello", colour="red")


def test_every_backend_of_the_table_exists():
    import importlib

    for target in BACKENDS.values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))
