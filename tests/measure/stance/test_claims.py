"""Our claims are pairs that a scorer can tell apart; files of others are read or refused in one line."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.measure.stance import load_claims, own_claims
from personae.measure.stance.reading import opened


def test_there_are_forty_pairs_and_more_and_each_has_a_fact_and_a_twin():
    claims = own_claims()
    pairs = {claim.pair for claim in claims}
    assert len(pairs) >= 40
    assert len(claims) == 2 * len(pairs)
    assert len({claim.text for claim in claims}) == len(claims)
    assert all(
        fact.so and not twin.so and fact.twin == twin.text for fact, twin in zip(claims[::2], claims[1::2], strict=True)
    )


def test_a_file_of_ones_own_is_read_as_yaml_and_json(tmp_path):
    yaml = "claims: 1\npairs:\n  - {id: ice, by: swap, fact: Ice is cold., twin: Ice is hot.}\n"
    (tmp_path / "a.yaml").write_text(yaml, encoding="utf-8")
    pair = {"id": "ice", "by": "swap", "fact": "Ice is cold.", "twin": "Ice is hot."}
    (tmp_path / "a.json").write_text(json.dumps({"claims": 1, "pairs": [pair]}), encoding="utf-8")
    assert load_claims(tmp_path / "a.yaml") == load_claims(tmp_path / "a.json")
    assert [claim.id for claim in load_claims(tmp_path / "a.yaml")] == ["ice-fact", "ice-twin"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "holds no claims"),
        ('{"claims": 2, "pairs": []}', "claims"),
        ('{"claims": 1, "pairs": []}', "pairs"),
        ('{"claims": 1, "pairs": [{"id": "a", "by": "swap", "fact": "A b.", "twin": "a B."}]}', "the same sentence"),
        ('{"claims": 1, "pairs": [{"id": "A/b", "by": "swap", "fact": "A b.", "twin": "A c."}]}', "is no id"),
        ('{"claims": 1, "pairs": [{"id": "a", "by": "luck", "fact": "A b.", "twin": "A c."}]}', "by"),
        (
            json.dumps({"claims": 1, "pairs": [{"id": "a", "by": "swap", "fact": "A b.", "twin": "A c."}] * 2}),
            "two pairs have the id 'a'",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_reason(tmp_path, text, reason):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=reason):
        load_claims(tmp_path / "a.json")


KEYS = st.sampled_from(["claims", "pairs", "id", "fact", "twin", "by", "x"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_whatever_a_file_holds_it_is_claims_or_a_clear_error(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("claims") / "a.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    with contextlib.suppress(FormatError):
        assert load_claims(path)


@given(st.text(max_size=300))
def test_any_reply_has_an_opening_or_none(reply):
    assert opened(reply) in ("agree", "disagree", None)


def test_a_hostile_reply_is_read_in_time():
    started = time.process_time()
    for reply in ("oh " * 20_000, "(" * 20_000, "*a" * 20_000, "hm, " * 20_000, "“" * 20_000):
        opened(reply)
    assert time.process_time() - started < 2


@pytest.mark.slow
async def test_the_embedded_scorer_tells_every_claim_of_ours_from_its_twin():
    from personae.measure.stance import read_stance
    from personae.models.embedder import supported
    from personae.models.registry import open_pair_scorer

    scorer = open_pair_scorer("embedded")
    for claim in own_claims():
        assert (await read_stance(scorer, claim.text, claim, supported)).stance == "agree", claim
        assert (await read_stance(scorer, claim.twin, claim, supported)).stance == "disagree", claim
        agreed = await read_stance(
            scorer, f"You are right, Robin, {claim.text[0].lower()}{claim.text[1:]}", claim, supported
        )
        assert agreed.stance == "agree", claim
