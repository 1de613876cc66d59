"""Chats of one's own, and the file everything is kept in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.memory.formats import Histories, Probe, own
from personae.memory.turns import Scope, Turn


def written(tmp_path, text, name="chat.jsonl"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_lines_are_turns_and_questions_are_probes(tmp_path):
    found = own.load(
        written(
            tmp_path,
            '{"text": "Hi.", "speaker": "Ana", "at": "2026-01-05T10:00:00"}\n'
            '{"content": "Hello!", "role": "assistant", "time": "2026-01-05T10:01:00"}\n\n'
            '{"message": "Back.", "name": "Ana", "date": "2026-01-06", "caption": "a dog"}\n'
            '{"question": "Who said hi?", "answer": "Ana", "evidence": ["D1:1"], "code": 1}\n',
        )
    )
    assert [(t.id, t.session, t.speaker, t.text) for t in found.turns] == [
        ("D1:1", "2026-01-05", "Ana", "Hi."),
        ("D1:2", "2026-01-05", "assistant", "Hello!"),
        ("D2:1", "2026-01-06", "Ana", "Back."),
    ]
    assert found.turns[2].caption == "a dog"
    assert found.names == ("chat",)
    assert found.probes == (Probe("chat/5", "chat", "Who said hi?", "Ana", ("D1:1",), "1"),)


def test_a_table_is_read_the_same_way(tmp_path):
    table = 'speaker,text,time,question,answer,evidence\nAna,"Hi, you.",2026-01-05,,,\n,,,Who?,Ana,D1:1 D1:2\n'
    found = own.load(written(tmp_path, table, "chat.csv"))
    assert [(t.speaker, t.text, t.at) for t in found.turns] == [("Ana", "Hi, you.", "2026-01-05")]
    assert found.probes[0].evidence == ("D1:1", "D1:2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"text": "Hi."}\n{"speaker": "Ana"}\n', "line 2': text: field required"),
        ('{"text": "Hi.", "content": "Ho."}', "'text' and 'content' both give the text"),
        ('{"text": "Hi.", "at": "at noon"}', "'at noon' is no ISO 8601 time"),
        ('["Hi."]', "is no object"),
        ('{"text": "a", "id": "x"}\n{"text": "b", "id": "x"}', "the id 'x' stands twice"),
        ("", "is empty"),
        ('{"histories": 2}', "histories"),
        ('{"histories": 1}\n{"text": "Hi."}', "is neither {turn} nor {probe}"),
    ],
)
def test_a_broken_line_says_where_and_what(tmp_path, text, told):
    with pytest.raises(FormatError) as error:
        own.load(written(tmp_path, text))
    assert told in str(error.value)


def test_a_table_without_texts_or_with_odd_rows_is_refused(tmp_path):
    with pytest.raises(FormatError, match="has no column 'text'"):
        own.load(written(tmp_path, "who,what\nAna,Hi\n", "chat.csv"))
    with pytest.raises(FormatError, match="line 2: it has not as many cells"):
        own.load(written(tmp_path, "speaker,text\nAna,Hi,more\n", "chat.csv"))


def test_histories_are_not_kept_as_a_table(tmp_path):
    with pytest.raises(UsageError, match=r"let the name end in .jsonl"):
        own.save(Histories(()), tmp_path / "x.csv")


words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = words.map(str.strip).filter(bool)
turns = st.builds(
    Turn,
    id=names,
    scope=st.builds(Scope, names, names, names),
    session=names,
    speaker=names,
    text=words,
    at=st.sampled_from([None, "2026-01-05", "2026-01-05T10:00:00+01:00"]),
    caption=st.none() | words,
    origin=st.sampled_from(["said", "recalled"]),
)
probes = st.builds(Probe, names, names, words, st.none() | words, st.tuples(names), names, st.booleans())


@given(
    st.lists(turns, max_size=4, unique_by=lambda t: (t.scope.conversation, t.id)),
    st.lists(probes, max_size=3),
    st.dictionaries(names, st.integers(0, 9), max_size=2),
    st.dictionaries(names, st.tuples(words), max_size=2),
)
def test_what_is_dumped_loads_unchanged(tmp_path_factory, some, asked, missing, facts):
    histories = Histories(tuple(some), tuple(asked), missing, facts)
    path = tmp_path_factory.mktemp("kept") / "kept.jsonl"
    own.save(histories, path)
    assert own.load(path) == histories
    assert own.dump(own.load(path)) == own.dump(histories)
