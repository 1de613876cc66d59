"""Reading free text: the order of the rules, hostile text, and the released forced-choice completions."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.psychometrics.administration.parse import Options, plain, read_choice
from personae.psychometrics.administration.refusals import refusal

AGREE = ("Strongly disagree", "Disagree", "Agree", "Strongly agree")
NUMBERED = Options(AGREE, ("1", "2", "3", "4"))
LETTERED = Options(AGREE, ("A", "B", "C", "D"))
WORDS = Options(AGREE)
FIVE = Options(("not at all true of me", "hardly true of me", "partly true of me", "mostly true of me", "fully true"))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("3) Agree", 2),
        ("3", 2),
        ("**3**", 2),
        (" 4. Strongly agree\n\nBecause I do.", 3),
        ("Strongly agree", 3),
        ("Strongly disagree, because disagree is too weak.", 0),
        ("I strongly disagree with the proposition.", 0),
        ("My answer is: 2", 1),
        ("Sure! Here is my answer:\n\n4) Strongly agree", 3),
        ("I would choose option 2, Disagree.", 1),
        ("[[1]]", 0),
        ("3) Disagree", "unparsed"),
        ("Either 1) or 2).", "unparsed"),
        ("3 of my friends would say so", "unparsed"),
        ("3-4", "unparsed"),
        ("3.5", "unparsed"),
        ("2/3, I think", "unparsed"),
        ("1 or 2", "unparsed"),
        ("That is hard to say.", "unparsed"),
        ("", "empty"),
        (" \n ", "empty"),
    ],
)
def test_a_numbered_option_is_read(said, chosen):
    assert read_choice(said, NUMBERED) == chosen


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("C", 2), ("c)", 2), ("(D) Strongly agree", 3), ("A", 0), ("Answer: B.", 1), ("A person agrees.", "unparsed"),
        ("A) or B)", "unparsed"), ("I pick B) Disagree", 1), ("A: Agree", "unparsed"),
    ],
)  # fmt: skip
def test_a_letter_is_an_option_and_an_article_is_not(said, chosen):
    assert read_choice(said, LETTERED) == chosen


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("Agree.", 2), ("STRONGLY AGREE", 3), ("'disagree'", 1), ("I'd say strongly agree", 3),
        ("I agree, though others disagree.", "unparsed"), ("Well, agree I do", 2), ("disagreeable", "unparsed"),
    ],
)  # fmt: skip
def test_words_alone_are_read_the_longest_first(said, chosen):
    assert read_choice(said, WORDS) == chosen


def test_a_label_inside_a_longer_one_is_the_longer_one():
    options = Options(("true", "mostly true", "not true", "not at all true"))
    assert [read_choice(f"It is {label}.", options) for label in options.words] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("said", "family"),
    [
        ("As an AI language model, I answer 3) Agree", "ai"),
        ("I'm just an AI, I don't have personal opinions.", "ai"),
        ("I'm sorry, I cannot comply with that request.", "apology"),
        ("I cannot provide an opinion on this matter.", "cannot"),
        ("I don't have personal opinions, but I can provide information.", "cannot"),
        ("It would not be appropriate for me to choose.", "not appropriate"),
        ("No, thank you.", "no"),
    ],
)
def test_every_family_of_refusals_is_refused_even_where_a_label_follows(said, family):
    assert refusal(said) == family
    assert read_choice(said, NUMBERED) == "refused"


@pytest.mark.parametrize(
    "said",
    [
        "1) Strongly disagree. I cannot stand crowds.",
        "2) Disagree. It is not accurate to say that they never do.",
        "4) I don't have a car and I want none.",
        "3) Agree. I am unable to sleep without it.",
        "3) Nobody but me does.",
        "I'm afraid of the dark, so 4) Strongly agree",
    ],
)
def test_an_answer_that_says_what_one_cannot_do_is_no_refusal(said):
    assert isinstance(read_choice(said, NUMBERED), int)


def test_no_is_an_answer_where_an_option_is_no():
    assert read_choice("No, never.", Options(("no", "yes"))) == 0
    assert read_choice("Not at all true of me.", FIVE) == 0


def test_an_option_that_sounds_like_a_refusal_is_an_option():
    assert read_choice("I cannot answer.", Options(("yes", "I cannot answer"))) == 1


@pytest.mark.parametrize("labels", [("Yes", "yes."), ("a", "", "b"), ("…", "b"), ("only",)])
def test_labels_that_cannot_be_told_apart_are_an_error(labels):
    with pytest.raises(UsageError):
        Options(labels)


def test_a_symbol_that_is_the_words_of_another_option_is_an_error():
    with pytest.raises(UsageError, match="'1' is the symbol of one option and the words of another"):
        Options(("2", "1"), ("1", "2"))


@given(st.text(max_size=300), st.sampled_from([NUMBERED, LETTERED, WORDS, FIVE]))
def test_any_text_is_an_option_or_an_outcome(text, options):
    found = read_choice(text, options)
    assert found in ("empty", "refused", "unparsed") or 0 <= found < len(options.words)


@given(
    st.integers(0, 3),
    st.sampled_from([NUMBERED, LETTERED]),
    st.sampled_from(["{}", "{})", "({})", "Answer: {}", "{}."]),
)
def test_a_symbol_in_any_dress_is_its_option(index, options, dress):
    assert read_choice(dress.format(options.symbols[index]), options) == index


@given(st.text(max_size=80))
def test_a_plain_label_stays_plain(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    "unit", ["1) ", "agree ", "(", "As an ", "I cannot ", "no ", "*_`", "strongly \n", "I do not "]
)
def test_a_hundred_thousand_characters_are_read_at_once(unit):
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    for options in (NUMBERED, LETTERED, WORDS):
        read_choice(text, options)
    assert time.process_time() - start < 1.0


#: Refused + unparsed % at five levels of forcing; the last: refused only. Within ± 1.7 (± 3.3).
REFERENCE = {
    "gpt-3.5-turbo-0613": (100, 17.7, 14.5, 12.9, 9.7),
    "gpt-3.5-turbo-1106": (96.8, 17.7, 19.4, 1.6, 17.7),
    "gpt-4-0613": (100, 95.2, 91.9, 77.4, 83.9),
    "gpt-4-1106-preview": (100, 100, 100, 100, 100),
    "Llama-2-70b-chat-hf": (71.0, 24.2, 21.0, 98.4, 100),
}


@pytest.mark.parametrize("model", REFERENCE)
def test_the_released_forced_choices_are_refused_as_often_as_was_counted(data_dir, model):
    refused_only = model.startswith("Llama")
    found = []
    for level in range(1, 6):
        outcomes = list(_outcomes(data_dir, model, f"jail-0{level}"))
        lost = [each for each in outcomes if each == "refused" or (not refused_only and isinstance(each, str))]
        found.append(100 * len(lost) / len(outcomes))
    tolerance = 3.3 if refused_only else 1.7
    assert found == pytest.approx(REFERENCE[model], abs=tolerance)


def _outcomes(data_dir, model: str, level: str) -> Iterator[int | str]:
    folder = data_dir / "llm-values-pct" / "completions" / "explicit_jailbreak_experiments_230124"
    with (folder / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["jail_id"] == level:
                yield read_choice(row["completion"], NUMBERED)
