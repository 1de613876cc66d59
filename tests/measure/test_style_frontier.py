"""Policies replayed on logs, held to the released study; and what a log may look like."""

from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.agent.transcript import save
from personae.errors import FormatError, UsageError
from personae.measure.style_frontier import caveats, frontiers
from personae.measure.style_logs import read_style_log
from personae.metrics.style_policies import POLICIES
from personae.types import Conversation, Message

#: Policy → stability on the published scale with the first undefined (D), synchrony and stability on the robust (R).
TABLE = {
    "uncapped": (0.596, 1.000, 0.383),
    "cap": (0.967, 0.567, 0.936),
    "hybrid": (0.967, 0.567, 0.936),
    "ema": (0.913, 0.887, 0.769),
    "dead_band": (0.601, 0.996, 0.388),
    "hybrid_cache": (0.964, 0.568, 0.936),
    "hybrid_radius": (0.961, 0.516, 0.924),
}


@pytest.fixture
def study_log(tmp_path, data_dir):
    source = data_dir / "synchrony_stability" / "turn_level_metrics.csv"
    if not source.is_file():
        pytest.skip("reference data 'synchrony_stability' not found; set PERSONAE_DATA")
    with source.open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["participant_id"], int(row["turn_number"])))
    lines = [
        {"talk": row["participant_id"], "condition": row["condition"]}
        | {"user": json.loads(row["user_style_vector"]), "bot": json.loads(row["bot_style_vector"])}
        for row in rows
    ]
    path = tmp_path / "study.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return read_style_log([path])


def by_name(frontier):
    return {row.name: row for row in frontier.rows}


def test_a_log_of_the_study_gives_its_table_on_both_scales(study_log):
    both, one = frontiers(study_log)
    assert (len(study_log.talks), sum(len(talk.users) for talk in study_log.talks)) == (162, 2470)
    for name, (later, in_step, steady) in TABLE.items():
        assert by_name(one)[name].stability == pytest.approx(later, abs=0.002)
        assert (by_name(both)[name].synchrony, by_name(both)[name].stability) == pytest.approx(
            (in_step, steady), abs=0.002
        )
    assert one.gains["hybrid"] == pytest.approx(0.623, abs=0.002)
    assert both.gains["hybrid"] == pytest.approx(1.44, abs=0.01)
    assert both.dimensions == ("informality", "sentiment", "sentence_length", "reading_ease", "function_words")


def test_replies_nobody_adapted_are_as_stable_as_adapted_ones(study_log):
    rows = by_name(frontiers(study_log)[1])
    assert rows["recorded, static"].stability == pytest.approx(0.197, abs=0.0006)
    assert rows["recorded, adaptive"].stability == pytest.approx(0.201, abs=0.0006)


def test_the_one_sided_scale_is_warned_about_and_the_other_is_not(study_log):
    both, one = frontiers(study_log)
    assert both.warnings == ()
    assert "informality alone holds more than 80 %" in one.warnings[0]
    assert "no length" in one.warnings[1]
    told = caveats([both, one], study_log)
    assert sum("informality alone" in line for line in told) == 1
    assert not any("not known" in line for line in told)
    assert by_name(one)["static"].synchrony is None
    assert by_name(one)["static"].undefined == 2470


def test_the_drawing_is_svg_without_anything_from_outside(study_log):
    from personae.report.frontier import frontier_plot

    svg = frontier_plot(frontiers(study_log))
    assert svg.startswith("<svg")
    assert "hybrid radius" in svg
    assert "<script" not in svg
    assert "#010203" not in svg


TURNS = [
    ("Hello there, how are you?", "Good evening. I am well, thank you."),
    ("I love maps!!", "They are on the third shelf, on the left."),
    ("You're so kind!", "One does what one can, and gladly."),
    ("ok bye", "Goodbye."),
]


def messages(turns=TURNS):
    return [
        {"role": role, "content": text}
        for pair in turns
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]


def written(tmp_path, *lines, name="log.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_the_three_kinds_of_logs_say_the_same(tmp_path):
    by_turn = written(tmp_path, *({"talk": "t", "user": user, "bot": bot} for user, bot in TURNS))
    by_talk = written(tmp_path, {"id": "t", "messages": messages()}, name="talks.jsonl")
    transcript = tmp_path / "chat.jsonl"
    save(Conversation(tuple(Message(each["role"], each["content"]) for each in messages())), transcript, seed=0)
    (first,), (second,), (third,) = (read_style_log([path]).talks for path in (by_turn, by_talk, transcript))
    assert first.users.tolist() == second.users.tolist() == third.users.tolist()
    assert first.bots.tolist() == second.bots.tolist() == third.bots.tolist()
    assert first.users.shape == (4, 8)


def test_turns_that_cannot_be_used_are_counted(tmp_path):
    said = [{"role": "assistant", "content": "Welcome."}, *messages(), {"role": "user", "content": "Hm?"}]
    said += [{"role": "user", "content": "Are you there?"}, {"role": "assistant", "content": "…"}]
    log = read_style_log([written(tmp_path, {"id": "t", "messages": said})])
    assert log.talks[0].users.shape == (4, 8)
    assert dict(log.missing) == {"unanswered": 1, "empty": 1}
    assert any("unanswered" in line for line in caveats(frontiers(log, ["static"]), log))


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1]",
        '{"talk": "t", "user": [1, 2], "bot": "Hi"}',
        '{"talk": "t", "user": [1,1,1,1,1,1,1,NaN], "bot": "Hi"}',
        '{"talk": "t", "user": [1,1,1,1,1,1,1,true], "bot": "Hi"}',
        '{"talk": "t", "user": {"a": 1}, "bot": "Hi"}',
        '{"messages": [{"role": "user", "content": 3}]}',
        '{"messages": 3}',
        "[" * 100_000,
    ],
)
def test_other_lines_are_named_with_their_number(tmp_path, line):
    good = {"talk": "t", "user": "Hello you.", "bot": "Good day."}
    with pytest.raises(FormatError, match="line 2 of"):
        read_style_log([written(tmp_path, good, line)])


def test_a_log_without_words_is_refused(tmp_path):
    for lines in ([], [{"talk": "t", "user": "…", "bot": "Hi"}]):
        with pytest.raises(FormatError, match="nothing can be compared"):
            read_style_log([written(tmp_path, *lines)])


def test_an_unknown_policy_is_named_with_the_known_ones(tmp_path):
    log = read_style_log([written(tmp_path, {"id": "t", "messages": messages()})])
    with pytest.raises(UsageError, match="no style policy is called 'hybird'; there are static"):
        frontiers(log, ["hybird"])


KEYS = st.sampled_from(["talk", "user", "bot", "messages", "role", "content", "id"])
ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_any_json_is_read_or_refused_in_one_line(tmp_path_factory, tree):
    path = written(tmp_path_factory.mktemp("any"), json.dumps(tree))
    try:
        read = bool(read_style_log([path]).talks)
    except FormatError as error:
        read = len(str(error).splitlines()) == 1
    assert read


def test_all_policies_have_a_row_on_both_scales(tmp_path):
    log = read_style_log([written(tmp_path, {"id": "t", "messages": messages()})])
    for frontier in frontiers(log):
        assert [row.policy for row in frontier.rows if row.policy] == list(POLICIES)
        json.dumps(frontier.to_data(), allow_nan=False)
