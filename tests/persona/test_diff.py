"""Diff: facts are followed by their id, the rest by path."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from personae.persona.diff import diff
from personae.persona.persona import Persona

ANA = Persona(name="Ana", statements=[{"id": "a", "text": "I read."}, {"id": "b", "text": "I sew."}], goals=["rest"])


def test_equal_content_has_no_changes():
    assert diff(ANA, ANA.edited()) == ()


def test_facts_are_added_removed_reworded_and_changed_by_id():
    other = ANA.edited(
        statements=[{"id": "b", "text": "I knit."}, {"id": "c", "text": "I hum."}], name="Rui", identity={"age": "3"}
    )
    found = {(change.kind, change.path) for change in diff(ANA, other)}
    assert found == {
        ("changed", "name"),
        ("added", "identity.age"),
        ("removed", "statements.a"),
        ("reworded", "statements.b"),
        ("added", "statements.c"),
    }


def test_another_order_of_facts_is_one_change():
    assert [c.kind for c in diff(ANA, ANA.edited(statements=ANA.statements[::-1]))] == ["moved"]


def test_a_change_of_kind_names_the_field():
    other = ANA.edited(statements=[ANA.statements[0].model_copy(update={"kind": "hobby"}), ANA.statements[1]])
    assert [c.path for c in diff(ANA, other)] == ["statements.a.kind"]


NAMES = st.text(min_size=1, max_size=5)
PERSONAS = st.builds(
    lambda name, facts, goals: Persona(
        name=name, statements=[{"id": key, "text": text} for key, text in facts.items()], goals=goals
    ),
    NAMES,
    st.dictionaries(st.sampled_from("abcd"), NAMES),
    st.lists(NAMES, max_size=2),
)


@given(PERSONAS, PERSONAS)
def test_no_changes_means_equal_hashes_and_the_other_way_round(a, b):
    assert (diff(a, b) == ()) == (a.content_hash == b.content_hash)
