"""What the API says of itself, tried with requests made from it."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from personae.serve.api import Door
from personae.serve.app import create_app
from personae.serve.hosting import Host

from .conftest import agent

schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(Door(Host.of([agent()])), hosts=()))


@schema.hook
def map_body(context: Any, body: Any) -> Any:
    """Most requests are for a persona that is served, and end with a line of the user's."""
    if isinstance(body, dict) and isinstance(body.get("messages"), list) and isinstance(body.get("model"), str):
        return body | {"model": "ana", "messages": [*body["messages"], {"role": "user", "content": "Maps?"}]}
    return body


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described_and_none_is_a_mistake_of_ours(case: schemathesis.Case) -> None:
    answer = case.call_and_validate(excluded_checks=[positive_data_acceptance])  # some rules no schema can say
    assert answer.status_code < 500
