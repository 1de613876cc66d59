"""Documents of a persona: one fact a session, noise that only adds, facts that changed."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.measure.private_documents.generator import Changed, write_documents
from personae.measure.private_documents.retrieval import retrieve
from personae.persona.find import find
from personae.persona.persona import Persona

KEEPER = find("lighthouse-keeper")
BAKER = Changed("work", "a baker", "I bake bread in Brakesiel.")


def test_the_share_of_sessions_without_a_fact_is_the_noise():
    for noise in (0.0, 0.3, 0.5, 0.7):
        chunks = write_documents(KEEPER, noise=noise).chunks
        quiet = [chunk for chunk in chunks if chunk.id.startswith("noise")]
        assert len(quiet) / len(chunks) == pytest.approx(noise, abs=0.01)
        assert not any(statement.text in chunk.text for chunk in quiet for statement in KEEPER.statements)


def test_more_noise_adds_sessions_and_changes_none():
    little, much = (write_documents(KEEPER, noise=noise, seed=3) for noise in (0.3, 0.7))
    assert set(little.chunks) < set(much.chunks)
    assert little.questions == much.questions
    assert write_documents(KEEPER, seed=3) == write_documents(KEEPER, seed=3)
    assert write_documents(KEEPER, seed=3) != write_documents(KEEPER, seed=4)


def test_each_question_is_answered_by_exactly_the_sessions_it_names():
    person = write_documents(KEEPER, noise=0.3)
    texts = {chunk.id: chunk.text for chunk in person.chunks}
    said = {statement.id: statement.text for statement in KEEPER.statements}
    for question in person.questions:
        where = [id for (id,) in question.evidence]
        if question.id.startswith("statement/"):
            told = json.dumps(said[question.id.removeprefix("statement/")])[1:-1]
            assert [id for id, text in texts.items() if told in text] == where
    loves = next(q for q in person.questions if q.id == "taste/loves")
    assert len(loves.evidence) == len(loves.answer) == len(KEEPER.life.loves)
    assert (loves.kind, loves.difficulty) == ("Preference", "hard")


def test_a_changed_fact_has_an_older_session_and_an_outdated_value():
    person = write_documents(KEEPER, changed=[BAKER])
    work = next(q for q in person.questions if q.id == "statement/work")
    assert work.outdated == ("a baker",)
    times = {chunk.id: json.loads(chunk.text)["time"] for chunk in person.chunks}
    (old,) = [chunk.id for chunk in person.chunks if BAKER.text in chunk.text]
    assert times[old] < times[work.evidence[0][0]]
    assert old not in work.evidence[0]


def test_facts_that_answer_the_same_question_are_one_question_with_a_list():
    likes = [
        {
            "id": what,
            "text": f"I like {what}.",
            "kind": "like",
            "probe": {"question": "What do you like?", "answer": what},
        }
        for what in ("plums", "fog")
    ]
    known = [("Ann", "friend"), ("Ben", "friend"), ("Ann", "boss")]
    relations = [{"name": name, "kind": kind} for name, kind in known]
    person = write_documents(Persona.model_validate({"name": "Zoe", "statements": likes, "relations": relations}))
    found = {question.question: (question.answer, len(question.evidence)) for question in person.questions}
    assert sorted(found.values()) == [(("Ann",), 1), (("Ann", "Ben"), 2), (("plums", "fog"), 2)]
    assert len({question.id for question in person.questions}) == 3


def test_what_cannot_be_written_is_an_error():
    with pytest.raises(UsageError, match="noise is 1"):
        write_documents(KEEPER, noise=1)
    with pytest.raises(UsageError, match="no statement 'nothing'"):
        write_documents(KEEPER, changed=[Changed("nothing", "a", "b")])
    with pytest.raises(UsageError, match="has no statement with a question"):
        write_documents(Persona(name="Ana"))
    with pytest.raises(UsageError, match="are the most"):
        write_documents(KEEPER, noise=0.999)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_recall_does_not_rise_with_noise(seed):
    from personae.models.embedder import MiniLM

    recalls = []
    for noise in (0.0, 0.5, 0.8):
        found = retrieve(write_documents(KEEPER, noise=noise, seed=seed), MiniLM(1))
        recalls.append(sum(each.recall for each in found) / len(found))
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] > 0.3
