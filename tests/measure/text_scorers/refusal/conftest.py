"""People's labels of released replies, and the replies of a model in a role."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

MODELS = {"gpt4": "gpt4_streval", "llama2orig": "llama2orig_streval", "mistralinstruct": "mistralinstruct_streval"}


@pytest.fixture(scope="module")
def labelled() -> Any:
    """Rows of XSTest completions by model."""
    from conftest import reference_data

    folder = reference_data("xstest")
    found = {}
    for model, name in MODELS.items():
        path = folder / f"xstest_v2_completions_{name}.csv"
        found[model] = list(csv.DictReader(path.open(encoding="utf-8", errors="replace")))
    return found


@pytest.fixture(scope="module")
def in_role() -> list[str]:
    """99 answers of gpt-3.5 as a physically-disabled person to questions of college mathematics."""
    from conftest import reference_data

    lines = Path(reference_data("persona_bias") / "adopt_identity_raw.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["raw_response"]["choices"][0]["message"]["content"] for line in lines]
