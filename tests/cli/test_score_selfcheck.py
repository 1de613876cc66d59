"""`personae score selfcheck`: records in, sentences with scores out."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli._self_check import selfcheck
from personae.errors import FormatError, UsageError

DOG = {"id": "dog", "reply": "I own a dog. I own a boat.", "samples": ["I own a dog.", "I own one dog."]}
LABELLED = {
    "id": "cat",
    "sentences": ["I own a cat.", " ", "I own a yacht."],
    "samples": ["I own a cat."] * 2,
    "labels": ["accurate", "accurate", "major_inaccurate"],
}


def called(tmp_path, records, *options):
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return CliRunner().invoke(selfcheck, [str(path), *options], catch_exceptions=False)


def test_every_sentence_gets_its_score_and_what_is_missing_is_told(tmp_path):
    out = tmp_path / "scores.jsonl"
    lonely = {"reply": "Hello.", "samples": ["Hello."]}
    result = called(tmp_path, [DOG, LABELLED, lonely], "--json", "--out", str(out))
    data = json.loads(result.stdout)
    assert [row["sentence"] for row in data["sentences"]][:2] == ["I own a dog.", "I own a boat."]
    assert data["sentences"][0]["unigram"] < data["sentences"][1]["unigram"]
    assert data["missing"] == {"1 sample(s) to check it against; give 2 or more": 1, "blank_sentence": 1}
    assert [one["value"] for one in data["quality"]["unigram"]][::2] == [1.0, 1.0]
    assert [json.loads(line) for line in out.read_text().splitlines()] == data["sentences"]


def test_two_scorers_are_joined_and_shown_as_a_table(tmp_path):
    result = called(tmp_path, [DOG, LABELLED], "--scorer", "unigram", "--scorer", "unigram_published")
    assert "triangulated: least borne out" in result.stdout
    assert "unigram.nonfact" in result.stdout
    assert "(random 0.500)" in result.stdout


def test_a_record_without_samples_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"replies.jsonl.*needs a 'reply'"):
        called(tmp_path, [{"reply": "Hello."}])
    with pytest.raises(FormatError, match="labels that do not fit"):
        called(tmp_path, [{**DOG, "labels": ["accurate"]}])
    with pytest.raises(UsageError, match="known are unigram"):
        called(tmp_path, [DOG], "--scorer", "spacy")
