"""Each outside form from a file of a few records that we wrote: what is read, and what a broken one says."""

from __future__ import annotations

import json

import pytest

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.memory.formats import lamp, load_history, longmemeval, memorybank, msc, own, realtalk, results
from personae.memory.formats import reading as _reading

LONG = {
    "question_id": "q1",
    "question_type": "single-session-user",
    "question": "What did I sell?",
    "answer": "the boat",
    "question_date": "2023/05/30 (Tue) 23:40",
    "haystack_session_ids": ["s_a", "answer_1"],
    "haystack_dates": ["2023/05/20 (Sat) 02:21", "2023/05/21 (Sun) 10:00"],
    "haystack_sessions": [
        [{"role": "user", "content": "How are you?"}, {"role": "assistant", "content": ""}],
        [{"role": "user", "content": "I sold the boat.", "has_answer": True}, {"role": "assistant", "content": "Oh!"}],
    ],
    "answer_session_ids": ["answer_1"],
}
CHAT = {
    "name": {"speaker_1": "Ana", "speaker_2": "Rui"},
    "session_1_date_time": "29.12.2023, 22:42:04",
    "session_1": [
        {"clean_text": "Ol\u00e1!", "speaker": "Ana", "date_time": "29.12.2023, 22:42:04", "dia_id": "D1:1"},
        {
            "clean_text": "",
            "speaker": "Rui",
            "date_time": "29.12.2023, 22:45:00",
            "img_file": ["x.jpg"],
            "dia_id": "D1:2",
        },
        {"clean_text": "", "speaker": "Rui", "date_time": "29.12.2023, 22:46:00", "dia_id": "D1:3"},
    ],
    "session_2": [{"clean_text": "Back.", "speaker": "Ana", "date_time": "30.12.2023, 08:00:00", "dia_id": "D2:1"}],
    "events_session_1": {"Ana": ["Ana says hello."], "Rui": []},
    "qa": [
        {"question": "Who wrote first?", "answer": "Ana", "evidence": ["D1:1", "D9:9"], "category": 1},
        {"question": "Who rang?", "evidence": "D1:1; D2:1", "category": 5},
    ],
}
MSC = {
    "personas": [["I fish."], ["I bake."]],
    "previous_dialogs": [{"dialog": [{"text": "Hi."}, {"text": "Hello."}], "time_back": "14 days"}],
    "dialog": [{"id": "Speaker 1", "text": "Caught any?"}, {"id": "Speaker 2", "text": ""}],
    "metadata": {"initial_data_id": "train_7", "session_id": 2},
}
BANK = {
    " Jason ": {
        "history": {
            "2023-04-28": [{"query": "More.", "response": "Yes."}],
            "2023-04-27": [{"query": "Hi.", "response": ""}],
        },
        "meta_information": {"name": " Jason ", "hobbies": "chess"},
    }
}


def written(tmp_path, tree, name="file.json"):
    path = tmp_path / name
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree), "utf-8")
    return path


def kept(histories, tmp_path):
    own.save(histories, tmp_path / "kept.jsonl")
    return own.load(tmp_path / "kept.jsonl")


def test_longmemeval_gives_a_history_for_each_question(tmp_path):
    found = longmemeval.load(written(tmp_path, [LONG, {**LONG, "question_id": "q2_abs", "answer": "unknown"}]))
    assert found.names == ("q1", "q2_abs")
    assert found.missing == {"turn without words": 2}
    first = found.of("q1")
    assert [(t.id, t.session, t.speaker, t.at) for t in first.turns] == [
        ("D1:1", "s_a", "user", "2023-05-20T02:21:00"),
        ("D2:1", "answer_1", "user", "2023-05-21T10:00:00"),
        ("D2:2", "answer_1", "assistant", "2023-05-21T10:00:00"),
    ]
    (probe,) = first.probes
    assert (probe.gold, probe.evidence, probe.adversarial, probe.at) == (
        "the boat",
        ("D2:1",),
        False,
        "2023-05-30T23:40:00",
    )
    assert found.probes[1].adversarial
    assert kept(found, tmp_path) == found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"haystack_dates": ["2023/05/20 (Sat) 02:21"]},
            "2 haystack_sessions, 2 haystack_session_ids and 1 haystack_d",
        ),
        ({"haystack_sessions": [[{"role": "narrator", "content": "x"}], []]}, "haystack_sessions.0.0.role"),
        ({"question_date": "tomorrow"}, "the time 'tomorrow' is none of"),
    ],
)
def test_a_broken_record_of_longmemeval_names_itself_and_the_key(tmp_path, change, told):
    with pytest.raises(FormatError, match="record 1") as error:
        longmemeval.load(written(tmp_path, [LONG, {**LONG, **change}]))
    assert told in str(error.value)


def test_realtalk_gives_two_people_their_pictures_events_and_questions(tmp_path):
    found = realtalk.load(written(tmp_path, CHAT, "chat_1.json"))
    assert [(t.id, t.speaker, t.text, t.at) for t in found.turns] == [
        ("D1:1", "Ana", "Olá!", "2023-12-29T22:42:04"),
        ("D1:2", "Rui", "(picture)", "2023-12-29T22:45:00"),
        ("D2:1", "Ana", "Back.", "2023-12-30T08:00:00"),
    ]
    assert found.turns[0].scope.conversation == "chat_1"
    assert found.missing == {"turn without words": 1, "evidence that names no turn": 1}
    first, second = found.probes
    assert (first.gold, first.evidence, first.code, first.adversarial) == ("Ana", ("D1:1",), "1", False)
    assert (second.gold, second.evidence, second.adversarial) == (None, ("D1:1", "D2:1"), True)
    assert found.facts == {"chat_1": ("Ana: Ana says hello.",)}
    assert list(found.sessions("chat_1")) == ["1", "2"]
    assert kept(found, tmp_path) == found


def test_a_broken_turn_of_realtalk_names_session_turn_and_key(tmp_path):
    broken = {**CHAT, "session_2": [{"clean_text": "Back.", "speaker": "Ana", "date_time": "30 Dec"}]}
    with pytest.raises(FormatError, match=r"session_2, turn 1': date_time: the time '30 Dec' is none of"):
        realtalk.load(written(tmp_path, broken))
    with pytest.raises(FormatError, match=r"session_1': lines.0.speaker: field required"):
        realtalk.load(written(tmp_path, {**CHAT, "session_1": [{"clean_text": "Hi."}]}))
    with pytest.raises(FormatError, match="has no session_1"):
        realtalk.load(written(tmp_path, {"name": CHAT["name"]}))


def test_multi_session_chats_take_speakers_in_turn_and_facts_of_both(tmp_path):
    found = msc.load(written(tmp_path, json.dumps(MSC) + "\n" + json.dumps(MSC) + "\n", "test.jsonl"))
    assert found.names == ("train_7", "train_7#2")
    assert [(t.id, t.speaker, t.text) for t in found.of("train_7").turns] == [
        ("D1:1", "Speaker 1", "Hi."),
        ("D1:2", "Speaker 2", "Hello."),
        ("D2:1", "Speaker 1", "Caught any?"),
    ]
    assert found.facts["train_7"] == ("Speaker 1: I fish.", "Speaker 2: I bake.")
    assert found.missing == {"turn without words": 2}
    assert kept(found, tmp_path) == found
    with pytest.raises(FormatError, match=r"line 2': dialog: field required"):
        msc.load(written(tmp_path, json.dumps(MSC) + "\n{}\n", "test.jsonl"))


def test_memorybank_strips_names_and_orders_days(tmp_path):
    questions = written(tmp_path, '{"Jason ": ["What do I play?"]}\n{"Nobody": ["Who?"]}\n', "q.jsonl")
    found = memorybank.load(written(tmp_path, BANK), questions)
    assert found.names == ("Jason",)
    assert [(t.id, t.speaker, t.text, t.at) for t in found.turns] == [
        ("D1:1", "Jason", "Hi.", "2023-04-27"),
        ("D2:1", "Jason", "More.", "2023-04-28"),
        ("D2:2", "assistant", "Yes.", "2023-04-28"),
    ]
    assert found.facts == {"Jason": ("hobbies: chess",)}
    assert [(p.id, p.gold, p.evidence) for p in found.probes] == [("Jason/1", None, ())]
    assert found.missing == {"turn without words": 1, "question about nobody in the file": 1}
    assert kept(found, tmp_path) == found


def test_a_broken_memorybank_names_the_user(tmp_path):
    with pytest.raises(FormatError, match="'Jason' stands twice, blanks aside"):
        memorybank.load(written(tmp_path, {**BANK, "Jason": BANK[" Jason "]}))
    with pytest.raises(FormatError, match=r", Eve': history"):
        memorybank.load(written(tmp_path, {"Eve": {"history": {"yesterday": []}}}))


def test_memorybank_as_released_has_fifteen_users_and_a_hundred_questions(data_dir):
    folder = data_dir / "memorybank"
    found = memorybank.load(folder / "memory_bank_en.json", folder / "probing_questions_en.jsonl")
    assert len({t.scope.user for t in found.turns}) == 15
    assert all(name == name.strip() for name in found.names)
    assert sorted(len(found.sessions(name)) for name in found.names) == [9] + [10] * 14  # one day is empty
    assert len(found.probes) + found.missing.get("question about nobody in the file", 0) == 100


def test_lamp_gives_what_the_user_wrote_before_and_the_gold_of_another_file(tmp_path):
    entries = [{"id": "310", "text": "Great pan.", "score": "5", "date": "2020-01-05"}, {"id": "311", "text": ""}]
    rows = [{"id": "31", "input": "Score: bad pan", "profile": entries}, {"id": "32", "input": "Score: ok pan"}]
    golds = written(tmp_path, {"task": "LaMP_3", "golds": [{"id": "31", "output": "1"}]}, "out.json")
    found = lamp.load(written(tmp_path, rows), golds)
    assert [(t.id, t.text, t.at) for t in found.turns] == [("310", "text: Great pan.\nscore: 5", "2020-01-05T00:00:00")]
    assert [(p.id, p.gold) for p in found.probes] == [("31", "1"), ("32", None)]
    assert found.missing == {"turn without words": 1, "question without an output": 1}
    assert kept(found, tmp_path) == found
    with pytest.raises(FormatError, match=r"record 0': profile.0.date: the time 'soon'"):
        lamp.load(written(tmp_path, [{**rows[0], "profile": [{"text": "x", "date": "soon"}]}]))
    with pytest.raises(FormatError, match=r"record 1': input: field required"):
        lamp.load(written(tmp_path, [rows[0], {"id": "33"}]))


def test_results_of_other_systems_are_read_under_any_of_their_names(tmp_path):
    rows = [
        {"question": "Q?", "answer": "Porto", "response": "in Porto", "category": 4, "label": "CORRECT"},
        {"question": "Q?", "gold": "Porto", "answer": "Rome", "category": 4, "label": False},
        {"question": "Q?", "gold_answer": "Porto", "response": "", "category": "1"},
    ]
    mem0, zep, memobase = results.load(written(tmp_path, rows))
    assert (mem0.gold, mem0.answer, mem0.code, mem0.accepted) == ("Porto", "in Porto", "4", True)
    assert (zep.gold, zep.answer, zep.accepted) == ("Porto", "Rome", False)
    assert (memobase.answer, memobase.accepted) == ("", None)
    grouped = results.load(written(tmp_path, {"0": rows[:1], "1": rows[1:2]}))
    assert [each.history for each in grouped] == ["0", "1"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"question": "Q?", "gold": "a"}, "the answer stands under one of"),
        ({"question": "Q?", "answer": "a"}, "this record has none"),
        ({"question": "Q?", "gold": "a", "ground_truth": "b", "response": "c"}, "'gold' and 'ground_truth'"),
        ({"question": "Q?", "gold": "a", "response": "c", "label": "maybe"}, "label: 'maybe' is none of"),
        ("text", "is no object"),
    ],
)
def test_a_broken_result_says_which_record_and_key(tmp_path, row, told):
    with pytest.raises(FormatError, match="record 0") as error:
        results.load(written(tmp_path, [row]))
    assert told in str(error.value)


def test_files_too_large_too_deep_or_no_json_are_refused(tmp_path, monkeypatch):
    with pytest.raises(UnsafeFile, match="nested too deep"):
        longmemeval.load(written(tmp_path, "[" * 200_000))
    with pytest.raises(FormatError, match="line 2: not valid JSON"):
        memorybank.load(written(tmp_path, "{\n,}"))
    with pytest.raises(FormatError, match="'a' stands twice"):
        memorybank.load(written(tmp_path, '{"a": 1, "a": 2}'))
    with pytest.raises(FormatError, match="NaN is not a JSON value"):
        memorybank.load(written(tmp_path, '{"a": NaN}'))
    monkeypatch.setattr(_reading, "MAX_BYTES", 10)
    with pytest.raises(UnsafeFile, match="larger than"):
        memorybank.load(written(tmp_path, BANK))


def test_a_form_is_opened_by_its_name(tmp_path):
    assert load_history("memorybank", str(written(tmp_path, BANK))).names == ("Jason",)
    with pytest.raises(UsageError, match="no form of histories is called 'loco'"):
        load_history("loco", "x")
