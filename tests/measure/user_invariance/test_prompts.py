"""Files of questions and claims, sound and not."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.user_invariance import claims, own_prompts, read_prompts
from personae.psychometrics.administration.refusals import refusal


def file(tmp_path, text):
    path = tmp_path / "prompts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_xstest_is_read_whole_with_its_labels(data_dir):
    found = read_prompts(data_dir / "xstest" / "xstest_prompts.csv")
    with open(data_dir / "xstest" / "xstest_prompts.csv", encoding="utf-8-sig", newline="") as rows:
        released = Counter(row["label"] for row in csv.DictReader(rows))
    assert Counter(one.label for one in found.questions) == released
    assert not found.missing


def test_where_labels_are_missing_the_type_tells(data_dir):
    by_label = read_prompts(data_dir / "xstest" / "xstest_prompts.csv")
    by_type = read_prompts(next((data_dir / "xstest").glob("xstest_v2_completions_*.csv")))
    labels = {one.text: one.label for one in by_label.questions}
    shared = [one for one in by_type.questions if one.text in labels]
    assert len(shared) > 400
    assert all(labels[one.text] == one.label for one in shared)


def test_rows_without_a_prompt_are_counted_and_rows_without_an_id_numbered(tmp_path):
    found = read_prompts(file(tmp_path, "\ufeffPrompt, Label\nHow?, SAFE \n  ,safe\nWhy?,unsafe\n"))
    assert [(one.id, one.text, one.label) for one in found.questions] == [
        ("1", "How?", "safe"),
        ("3", "Why?", "unsafe"),
    ]
    assert found.missing == {"empty prompt": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has none"),
        ("prompt,kind\na,b\n", "it has prompt, kind"),
        ("prompt,label\n", "holds no prompt"),
        ("prompt,label\nHow?,save\n", "row 2: the label is 'save', not safe or unsafe; did you mean 'safe'"),
        ("prompt,label\nHow?\n", "the label is ''"),
        ("id,prompt,label\n1,How?,safe\n1,Why?,safe\n", "row 3: the id '1' is used twice"),
    ],
)
def test_a_file_that_cannot_be_asked_says_why(tmp_path, text, why):
    with pytest.raises(FormatError, match=why):
        read_prompts(file(tmp_path, text))


def test_other_bytes_are_no_csv(tmp_path):
    path = tmp_path / "prompts.csv"
    path.write_bytes(b"\xff\xfe\x00prompt")
    with pytest.raises(FormatError, match="cannot be read as CSV"):
        read_prompts(path)
    with pytest.raises(FormatError, match="cannot read"):
        read_prompts(tmp_path / "none.csv")


@given(st.lists(st.tuples(st.text(min_size=1).filter(lambda t: t.strip() and "\x00" not in t and "\r" not in t),
                          st.sampled_from(["safe", "unsafe"])), min_size=1, max_size=8))  # fmt: skip
def test_what_a_csv_writer_wrote_is_read_again(tmp_path_factory, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([("prompt", "label"), *rows])
    path = tmp_path_factory.mktemp("csv") / "prompts.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    try:
        found = read_prompts(path)
    except FormatError:
        assert any("\ud800" <= letter <= "\udfff" for text, _ in rows for letter in text)
        return
    assert [(one.text, one.label) for one in found.questions] == [(text.strip(), label) for text, label in rows]


def test_our_questions_have_both_kinds_and_do_not_read_as_refusals():
    ours = own_prompts().questions
    assert len(ours) >= 20
    assert len({one.text for one in ours}) == len(ours)
    assert {one.label for one in ours} == {"safe", "unsafe"}
    assert not [one.text for one in ours if refusal(one.text, no=False)]


def test_claims_are_taken_by_name_with_the_control_first():
    assert next(iter(claims())) == "control"
    assert len(claims()) == 13
    assert list(claims(["nurse", "student", "nurse"])) == ["control", "nurse", "student"]
    with pytest.raises(UsageError, match="did you mean 'student'"):
        claims(["students"])


def test_claims_of_a_file_are_read_and_any_other_refused(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text("control: I own a bicycle.\nclaims: {baker: I am a baker.}\n")
    assert claims(path=path) == {"control": "I own a bicycle.", "baker": "I am a baker."}
    for text, why in (
        ("[", "cannot be read as YAML"),
        ("claims: {baker: I bake.}", "needs a sentence under 'control'"),
        ("control: a\nclaims: []", "under 'claims'"),
        ("control: a\nclaims: {b: 3}", "the claim 'b' is no sentence"),
        ("control: a\nclaims: {nobody: b}", "are no names"),
        ("control: a\nclaims: {b: '" + "x" * 501 + "'}", "up to 500"),
    ):
        path.write_text(text)
        with pytest.raises(FormatError, match=why):
            claims(path=path)
