"""Planted pairs: for each proxy ten replies of which one fits better, and at least nine are ordered right."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.likability import callback, formality, formality_gap, length_fit, reference
from personae.models import ScriptedPairs

WORDS = "word " * 400

#: the user's words; a reply that matches their register; one that does not
REGISTERS = [
    ("hey whats up, wanna hang later lol", "haha sure, gonna be there!", "I should be delighted to attend."),
    ("Dear Sir, I would be grateful for a reply.", "I shall reply with pleasure.", "yeah np, gonna do it lol"),
    ("omg this deck is so sick!!", "dude that's awesome!!", "That is a commendable acquisition."),
    (
        "Could you kindly advise me regarding the lease?",
        "Certainly. The lease requires notice.",
        "ok so like, dunno tbh",
    ),
    ("ugh cant sleep :(", "aw that's rough, hey, try some tea?", "Insomnia frequently requires medical consultation."),
    ("I write concerning the delivery of last Tuesday.", "We regret the delay of your delivery.", "oops lol sorry bro"),
    ("yo u there? need help w my bike", "yep, what's wrong w it?", "I am available and pleased to provide assistance."),
    ("May I ask whether the museum is open on Sunday?", "The museum is open on Sunday.", "yeah!! it's open, cool huh"),
    ("thx!! ur the best", "haha ty, you're the best!!", "Your appreciation is gratefully acknowledged."),
    ("Would you please forward the enclosed document?", "I will forward the document today.", "sure thing buddy!! lol"),
]

#: what the user said; a reply that takes up what was named; one that does not
REFERENCES = [
    ("My sister Runa broke her arm.", "Poor Runa! How is the arm?", "Sorry to hear that. What else is new?"),
    ("I fly to Lisbon on 12 May.", "Lisbon in May is mild.", "Travel can be fun and tiring."),
    ("The flood model drifts after two days.", "Does the drift of the model depend on rain?", "Computers are hard."),
    ("Our neighbour keeps bees on the roof.", "Bees on a roof? Does he sell honey?", "People have odd pastimes."),
    ("I cannot play the left hand of the Nocturne.", "Try the left hand alone, slowly.", "Practice makes perfect."),
    ("My tablet asks for a password.", "The password may be on the tablet's box.", "Have you tried calling somebody?"),
    ("Anselm left me a box of letters.", "Have you opened Anselm's letters?", "Loss takes its time."),
    ("I paid 40 crowns for the board.", "40 crowns is a fair price.", "That is neither cheap nor dear."),
    ("The guest in room 9 complained about noise.", "What noise did the guest hear?", "Complaints are part of it."),
    ("The twins want to go to the seaside.", "Which seaside would the twins like?", "Holidays need planning."),
]

FACTS = ["My brother was called Anselm.", "I am allergic to peanuts.", "I work nights in a hotel."]
#: a reply that takes up one of the facts of an earlier chat; one that does not
CALLBACKS = [
    ("Is it about your brother Anselm again?", "The weather should be fine."),
    ("As you are allergic to peanuts, leave out the satay sauce.", "The soup needs an hour on the stove."),
    ("After your night shift at the hotel you should sleep first.", "The train leaves at noon."),
    ("You told me that Anselm was your brother.", "Roses want sun."),
    ("Watch out, there are peanuts in that.", "You could paint the door green."),
    ("Since you work nights, morning calls are a bad idea.", "A square has four sides."),
    ("Your brother Anselm would have laughed at that.", "The file is too large to send."),
    ("With your peanut allergy I would ask the cook.", "Two coats of paint will do."),
    ("Do hotel guests wake you often at night?", "Copper bends easily."),
    ("How did Anselm, your brother, spell it?", "The match ended in a draw."),
]


def test_length_fit_is_one_at_the_target_and_half_at_half():
    assert length_fit("a b c d", 4) == 1.0
    assert length_fit("a b", 4) == 0.5
    assert length_fit("a b c d e f", 4) == 0.5
    assert length_fit(WORDS, 4) == 0.0
    assert length_fit("", 4) == 0.0
    with pytest.raises(UsageError):
        length_fit("a", 0)


def test_nearer_lengths_fit_better_in_ten_of_ten_pairs():
    pairs = [(target, max(1, target - target // 5), target * 3 // 2) for target in range(10, 110, 10)]
    assert sum(length_fit("a " * near, t) > length_fit("a " * far, t) for t, near, far in pairs) == 10


def test_the_matching_register_has_the_smaller_gap_in_nine_of_ten_pairs():
    right = [formality_gap(fits, [user]) < formality_gap(not_, [user]) for user, fits, not_ in REGISTERS]
    assert sum(right) >= 9


def test_the_reply_that_takes_up_what_was_named_has_more_reference_in_nine_of_ten_pairs():
    right = [reference(takes, user) > reference(not_, user) for user, takes, not_ in REFERENCES]
    assert sum(right) >= 9


@pytest.mark.slow
async def test_the_reply_that_takes_up_an_earlier_fact_has_more_callback_in_nine_of_ten_pairs():
    from personae.models import open_pair_scorer

    pairs = open_pair_scorer("embedded")
    right = [await callback(takes, FACTS, pairs) > await callback(not_, FACTS, pairs) for takes, not_ in CALLBACKS]
    assert sum(right) >= 9


async def test_callback_is_the_most_relevant_fact():
    pairs = ScriptedPairs(relevant={(FACTS[0], "Anselm?"): 0.9, (FACTS[1], "Anselm?"): 0.2})
    assert await callback("Anselm?", FACTS[:2], pairs) == pytest.approx(0.9)


async def test_what_cannot_be_compared_is_none():
    assert await callback("Hi.", [], ScriptedPairs()) is None
    assert reference("Hi.", "And then?") is None
    assert formality("…") is None
    assert formality_gap("…", ["Hello there."]) is None


def test_formality_lies_between_0_and_1_for_any_text():
    for text in ("lol " * 5000, "Therefore " * 5000, "!" * 5000 + "a", "i " * 5000):
        assert 0.0 <= formality(text) <= 1.0
