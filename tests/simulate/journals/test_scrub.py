"""What is taken out of a journal, what is left, and that no text takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.simulate.journals import Scrubber


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to ana.sousa+x@mail.example.org!", "Write to [mail]!"),
        ("Call +351 912 345 678 today.", "Call [phone] today."),
        ("Call (020) 7946 0958 today.", "Call [phone] today."),
        ("Call 555-867-5309.", "Call [phone]."),
        ("My card is 4111 1111 1111 1111.", "My card is [card]."),
        ("My card is 5500-0000-0000-0004.", "My card is [card]."),
        ("Pay to DE89 3704 0044 0532 0130 00 please.", "Pay to [account] please."),
        ("I moved to 221B Baker Street, Flat 2.", "I moved to [address]."),
        ("I moved to 12 North Harbour Rd.", "I moved to [address]"),
        ("Ich wohne in der Hafenstraße 12.", "Ich wohne in der [address]."),
        ("Moro na Rua do Almada 45.", "Moro na [address]."),
        ("J'habite Rue de la Paix 10, 75002 Paris.", "J'habite [address]."),
        ("Send it to SW1A 1AA or P.O. Box 77.", "Send it to [address] or [address]."),
        ("See https://example.org/u/ana?x=1 for it.", "See [link] for it."),
        ("Maria-José met MARIA and Maria’s dog.", "[name 1]-José met [name 1] and [name 1]’s dog."),
        ("Tom Baker, Baker, and a baker.", "[name 2], [name 2], and a baker."),
    ],
)
def test_it_is_taken_out(text, left):
    assert Scrubber(["Maria", "Tom Baker"])(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-03-01 and 01.03.2026 I slept.",
        "From 1999-2004 I lived there.",
        "I ran 42.195 km in 4 hours 12 minutes.",
        "I paid 12.50 for 3 of them at 10:30.",
        "I drove 300 miles.",
        "I may go, and will say so.",
        "There are 7 days and 52 weeks.",
    ],
)
def test_it_is_left_alone(text):
    scrub = Scrubber(["May", "Will"])
    assert scrub(text) == text
    assert not scrub.counts


def test_what_was_taken_is_counted_by_kind():
    scrub = Scrubber(["Ana"])
    scrub("Ana: a@b.org, c@d.org, +44 20 7946 0958.")
    scrub("Ana again.")
    assert scrub.counts == {"name": 2, "mail": 2, "phone": 1}


def test_a_number_that_fails_its_check_digit_is_no_card_but_still_taken_out():
    assert Scrubber()("It was 4111 1111 1111 1112.") != "It was 4111 1111 1111 1112."


@pytest.mark.parametrize(
    "piece", ["a@", "1 ", "(1", "A ", "Aa", "1 Ab ", "Ab ", "Rua ", "a.b-", "DE89 ", "1 Ab Cd Ef Gh "]
)
def test_no_text_takes_long(piece):
    begun = time.perf_counter()
    Scrubber(["Ana", "A b c"])(piece * 20_000)
    assert time.perf_counter() - begun < 3


@given(st.text(max_size=200), st.lists(st.text(max_size=10), max_size=3))
def test_no_text_and_no_names_break_it(text, names):
    Scrubber(names)(text)


@given(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.[a-z]{2,3}", fullmatch=True), st.sampled_from(["", "x ", "(", "\n"]))
def test_every_plain_mail_address_is_found(mail, before):
    assert mail not in Scrubber()(f"{before}{mail} and more")
