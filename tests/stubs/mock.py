"""Inspect's own mock model, with a usage on every output so that nothing is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model


def mock(says: Callable[[], str]) -> Model:
    """The model `mockllm/model`, saying whatever `says()` gives, for as long as it is asked."""

    def outputs() -> Iterator[ModelOutput]:
        while True:
            output = ModelOutput.from_content("mockllm/model", says())
            output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
            yield output

    return get_model("mockllm/model", custom_outputs=outputs())
