"""The sets' own columns, in words of ours; broken records name their place, hostile files are refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.measure.preference_choice import load_items, load_pairs, own_items, own_pairs
from personae.measure.preference_choice.tables import inside, literal

FIXTURES = Path(__file__).parent / "fixtures"
MEM, MEM2 = FIXTURES / "personamem", FIXTURES / "personamem_v2" / "benchmark" / "text"
CONTEXTS = MEM / "shared_contexts_32k.jsonl"


def test_personamem_questions_read_what_stood_before_them_and_no_persona():
    kite, early = load_items(MEM / "questions_32k.csv", "personamem", contexts=CONTEXTS)
    assert (kite.id, kite.gold, kite.options[2]) == ("q-kite", 2, "The drum you tried in the shop.")
    assert [message.role for message in kite.history] == ["user", "assistant", "user", "assistant", "user"]
    assert len(early.history) == 2
    assert "after the question" not in " ".join(message.content for message in kite.history)
    assert kite.labels == {"type": "track_full_preference_evolution", "topic": "hobbies"}
    assert (kite.distance, kite.context_length, kite.user) == (2, 64, "7")
    assert "flew my old kite" in early.snippet
    assert early.options[early.gold].startswith("A kite made of silk")


def test_personamem_columns_by_the_names_of_its_description_are_read_too(tmp_path):
    with (MEM / "questions_32k.csv").open(newline="") as file:
        records = list(csv.DictReader(file))
    for record in records:
        record["question"] = record.pop("user_question_or_message")
        record["context_length"] = record.pop("context_length_in_tokens")
    (tmp_path / "q.json").write_text(json.dumps(records))
    renamed = load_items(tmp_path / "q.json", "personamem", contexts=CONTEXTS)
    assert renamed == load_items(MEM / "questions_32k.csv", "personamem", contexts=CONTEXTS)


def test_a_personamem_row_that_does_not_say_how_far_back_is_read_without_a_passage(tmp_path):
    with (MEM / "questions_32k.csv").open(newline="") as file:
        records = [
            {**record, "distance_to_ref_in_tokens": "", "distance_to_ref_in_blocks": "nan"}
            for record in csv.DictReader(file)
        ]
    (tmp_path / "q.json").write_text(json.dumps(records))
    found = load_items(tmp_path / "q.json", "personamem", contexts=CONTEXTS)
    assert {(item.snippet, item.distance) for item in found} == {("", None)}


def test_personamem_v2_follows_the_link_to_the_history_and_strips_the_persona():
    pizza, ferry = load_items(MEM2 / "benchmark.csv", "personamem-v2")
    assert pizza.question == "What goes on the pizza?"
    assert pizza.options == ("Peppers and olives.", "Mushrooms.", "Mushrooms and ham.", "Whatever is there.")
    assert pizza.snippet == "User: Mushrooms make me ill."
    assert [message.role for message in pizza.history] == ["user", "assistant", "user"]
    assert (pizza.distance, pizza.context_length) == (120, 400)
    assert ferry.labels == {
        "type": "ask_to_forget", "scenario": "chat_message", "who": "others", "updated": "yes", "topic": "Travel"
    }  # fmt: skip
    assert ferry.snippet == ""


def test_prefeval_puts_unrelated_talk_between_preference_and_question():
    plain = load_items(FIXTURES / "prefeval", "prefeval")
    assert [item.id for item in plain] == ["evening_out/0", "evening_out/1"]
    assert [message.content for message in plain[0].history] == [plain[0].preference, "Noted."]
    far = load_items(FIXTURES / "prefeval", "prefeval", turns=2)
    assert len(far[0].history) == 6
    assert far[0].distance == 2
    with pytest.raises(UsageError, match="2 exchanges"):
        load_items(FIXTURES / "prefeval", "prefeval", turns=3)


def test_personafeedback_personas_are_read_as_lines_with_their_tier():
    first, second, third = load_pairs(FIXTURES / "personafeedback" / "pairs.jsonl")
    assert first.persona == ("work: Keeps a lighthouse", "tastes: herring", "tastes: chess")
    assert (first.tier, first.kind, first.user) == ("easy", "specific", "p1")
    assert (second.persona, second.inferred, second.tier) == (
        ("Keeps a lighthouse", "Likes herring"), ("likes fish",), "hard"
    )  # fmt: skip
    assert third.history == ("The lamp was out again.", "I sleep by day.")


def test_a_table_may_call_its_columns_otherwise(tmp_path):
    row = {"profile": "Likes herring", "user_query": "Dinner?", "answer_a": "Herring.", "answer_b": "Pizza."}
    (tmp_path / "t.jsonl").write_text(json.dumps(row))
    columns = {"persona": "profile", "question": "user_query", "chosen": "answer_a", "rejected": "answer_b"}
    (pair,) = load_pairs(tmp_path / "t.jsonl", columns)
    assert (pair.persona, pair.question, pair.better, pair.worse) == (
        ("Likes herring",),
        "Dinner?",
        "Herring.",
        "Pizza.",
    )
    with pytest.raises(FormatError, match=r"t.jsonl, line 1.*no column 'answer_c' for 'chosen'; it has profile"):
        load_pairs(tmp_path / "t.jsonl", columns | {"chosen": "answer_c"})
    with pytest.raises(UsageError, match="'better' is no column of a pair"):
        load_pairs(tmp_path / "t.jsonl", {"better": "answer_a"})


@pytest.mark.parametrize(
    ("load", "says"),
    [
        (lambda: load_items(MEM / "broken.csv", "personamem", contexts=CONTEXTS), r"broken.csv, record 2.*\(f\)"),
        (lambda: load_items(MEM2 / "broken.csv", "personamem-v2"), r"broken.csv, record 2.*incorrect_answers"),
        (lambda: load_items(FIXTURES / "prefeval_broken", "prefeval"), r"evening_out.json \[1\].*preference"),
        (
            lambda: load_pairs(FIXTURES / "personafeedback" / "broken.jsonl"),
            r"broken.jsonl, line 2.*options must differ",
        ),
    ],
)
def test_a_broken_record_names_file_record_and_key(load, says):
    with pytest.raises(FormatError, match=says):
        load()


def test_a_link_that_leads_elsewhere_is_not_followed():
    with pytest.raises(UnsafeFile, match="leads out of"):
        load_items(MEM2 / "outside.csv", "personamem-v2")


@pytest.mark.parametrize("link", ["/etc/passwd", "../secret", "a/../../b", "", "a\0b"])
def test_no_link_leaves_its_root(link, tmp_path):
    with pytest.raises(UnsafeFile):
        inside(tmp_path, link)


def test_a_context_cut_beyond_its_end_is_refused(tmp_path):
    text = (MEM / "questions_32k.csv").read_text().replace(",ctx1,6", ",ctx1,60")
    (tmp_path / "q.csv").write_text(text)
    with pytest.raises(FormatError, match="60, but the context has 7"):
        load_items(tmp_path / "q.csv", "personamem", contexts=CONTEXTS)


def test_unknown_forms_and_missing_contexts_are_refused_in_one_line():
    with pytest.raises(UsageError, match="known are own"):
        load_items("x.csv", "guess")
    with pytest.raises(UsageError, match="contexts"):
        load_items(MEM / "questions_32k.csv", "personamem")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.csv", b"question_id,all_options\nq1"),
        ("q.csv", b'question_id,all_options\n"q1,x\n'),
        ("q.csv", b"\xff\xfe\x00"),
        ("q.csv", b"question_id\n" + b"x" * 200_000 + b"\n"),
        ("q.jsonl", b'{"a": 1}\n[1]\n'),
        ("q.jsonl", b"[" * 100_000),
        ("q.json", b"{"),
        ("q.json", b"[]"),
        ("q.txt", b"x"),
    ],
)
def test_hostile_tables_are_refused(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    for load in (
        lambda path: load_items(path, "personamem", contexts=CONTEXTS),
        lambda path: load_items(path, "personamem-v2"),
        load_pairs,
    ):
        with pytest.raises(FormatError):
            load(tmp_path / name)


@given(st.text(alphabet="[](){}'\",:1a ", max_size=80))
def test_any_cell_is_a_value_or_itself_and_nothing_is_run(text):
    assert literal(text) is not None or text.strip() in ("null", "None")


def test_a_cell_with_code_in_it_stays_a_text():
    for cell in ("[__import__('os').getcwd()]", "{}.__class__", "[" * 5_000, "[1" + "+1" * 1_000 + "]"):
        assert literal(cell) == cell


@pytest.mark.parametrize(
    "content",
    ["preferences: 1\nusers: []", "- a", "preferences: 2\nusers: []", "a: &x [1]\nb: *x", "pairs: 1\npeople: 3"],
)
def test_set_files_that_are_none_are_refused(content, tmp_path):
    (tmp_path / "own.yaml").write_text(content)
    for load in (load_items, load_pairs):
        with pytest.raises(FormatError):
            load(tmp_path / "own.yaml")


def test_our_own_sets_have_the_kinds_they_promise():
    assert {item.labels["type"] for item in own_items()} == {"fact", "taste", "change", "reason", "new"}
    assert all(item.snippet in " ".join(m.content for m in item.history) for item in own_items())
    assert [sum(pair.tier == tier for pair in own_pairs()) for tier in ("easy", "medium", "hard")] == [5, 10, 5]


def test_prefeval_is_read_whole(data_dir):
    items = load_items(data_dir / "prefeval", "prefeval", turns=10)
    assert len(items) == 1000
    assert len({item.labels["topic"] for item in items}) == 20
    assert {len(item.history) for item in items} == {22}
