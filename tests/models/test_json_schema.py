"""An answer in a given form: sent where a backend can hold a model to it, left out where it refuses."""

from __future__ import annotations

import json

import pytest

from personae.models.cache import Cached
from personae.models.scripted import Scripted
from personae.types import Completion, Message, Settings

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"severity": {"type": "integer", "enum": [1, 2]}},
        "required": ["severity"],
        "additionalProperties": False,
    }
)
TALK = [Message("user", "How bad is it? Answer in JSON.")]
ASKED = Settings(temperature=0.0, max_tokens=32, json_schema=SCHEMA)


async def test_an_endpoint_gets_the_schema_in_its_own_words():
    from stubs import endpoint as stub

    from personae.models.http import HttpModel

    seen = []

    async def speaks(request, asked):
        seen.append(asked)
        return await stub.reply('{"severity": 1}')(request, asked)

    async with stub.Stub(speaks) as endpoint:
        model = HttpModel("some-model", endpoint.url)
        await model.generate(TALK, ASKED)
        await model.generate(TALK, Settings())
    form = seen[0]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"] == json.loads(SCHEMA)
    assert "response_format" not in seen[1]


async def test_an_endpoint_that_refuses_schemas_is_asked_without_from_then_on():
    from aiohttp import web
    from stubs import endpoint as stub

    from personae.models.http import HttpModel

    seen = []

    async def speaks(request, asked):
        seen.append("response_format" in asked)
        if seen[-1]:
            return web.json_response({"error": {"message": "response_format is not supported"}}, status=400)
        return await stub.reply('{"severity": 1}')(request, asked)

    async with stub.Stub(speaks) as endpoint:
        model = HttpModel("some-model", endpoint.url)
        for _ in range(2):
            assert (await model.generate(TALK, ASKED)).text == '{"severity": 1}'
    assert seen == [True, False, False]


async def test_a_schema_is_part_of_the_question_a_cache_knows(tmp_path):
    model = Cached(Scripted([Completion("1"), Completion("2")]), tmp_path / "cache.db")
    assert (await model.generate(TALK, ASKED)).text == "1"
    assert (await model.generate(TALK, Settings(temperature=0.0, max_tokens=32))).text == "2"
    assert (await model.generate(TALK, ASKED)).text == "1"


async def test_a_schema_travels_through_inspect_and_back():
    pytest.importorskip("inspect_ai")
    from personae.models._inspect_providers import to_settings
    from personae.models.inspect import _config

    assert json.loads(to_settings(_config(ASKED)).json_schema or "") == json.loads(SCHEMA)
    assert to_settings(_config(Settings())).json_schema is None


@pytest.mark.slow
async def test_the_embedded_model_is_held_to_it():
    from personae.models.embedded import Embedded

    async with Embedded(context=1024) as model:
        said = (await model.generate(TALK, ASKED)).text
    assert json.loads(said)["severity"] in (1, 2)
