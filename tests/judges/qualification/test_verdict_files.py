"""Recorded verdicts as JSON lines: whatever stands in them, they are read or refused with the line."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.errors import PersonaeError
from personae.judges.qualification.verdict_files import as_data, read_verdicts

VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just([1])
ROW = st.fixed_dictionaries(
    {"answer": st.sampled_from(["A", "B", "N"]) | VALUES, "certainty": st.integers(1, 100) | VALUES,
     "ground_truth": st.sampled_from(["A", "B"]) | VALUES},
    optional={"run": VALUES},
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(ROW, max_size=12), tail=st.text(max_size=6))
def test_any_lines_are_read_or_refused(tmp_path, rows, tail):
    file = tmp_path / "v.jsonl"
    file.write_bytes(("\n".join(json.dumps(row) for row in rows) + "\n" + tail).encode("utf-8", "replace"))
    try:
        runs = read_verdicts(file)
        for recorded in runs.values():
            data = as_data(recorded.report(sides=sorted(set(recorded.gold))))
            json.dumps(data, allow_nan=False)
    except PersonaeError:
        return
    assert sum(len(recorded.answers) for recorded in runs.values()) == len(rows)


def test_numbers_are_read_as_they_would_stand_in_csv(tmp_path):
    file = tmp_path / "v.jsonl"
    file.write_text('{"answer": " A ", "certainty": 80.0, "ground_truth": "A", "run": 7}\n\n', "utf-8")
    (run,) = read_verdicts(file).items()
    assert run[0] == "7"
    assert (run[1].answers, run[1].certainties) == (("A",), ("80",))
