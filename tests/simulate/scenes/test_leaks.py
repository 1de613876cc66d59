"""Thoughts do not leak: whatever the brackets, no letter that stands in a thought reaches anybody else.

The oracle counts depth letter by letter and shares no code with the grammar. Every letter of a generated turn is a
character of its own, so that a single one that leaks is found wherever it comes out.
"""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

import personae
from personae.models import Scripted
from personae.simulate.scenes import (
    ENVIRONMENT,
    Asked,
    InTurn,
    Line,
    Part,
    Scene,
    Staging,
    cast_for,
    pieces,
    play,
    visible,
)
from personae.simulate.scenes.judging import scene_item
from personae.simulate.scenes.tidy import own_lines, without_repeated_opening
from personae.types import Completion

SIGNS = ("[", "]", "［", "］", "(", ")", "<think>", "</think>", "<THINKING>", "</ think >", "\n", " ", ". ", "Kent: ")
#: Private use characters: letters that occur nowhere else, so that each can be followed through a whole play.
FIRST, LAST = 0xE000, 0xF8FF
TOKENS = re.compile(r"[\[\]［］]|<[ \t]*/?[ \t]*think(?:ing)?[ \t]*>|.", re.IGNORECASE | re.DOTALL)


@st.composite
def turns(draw, at_most: int = 24, offset: int = 0) -> str:
    """Signs in any order with a new mark after each."""
    signs = draw(st.lists(st.sampled_from(SIGNS), max_size=at_most))
    return "".join(f"{sign}{chr(FIRST + offset + place)}" for place, sign in enumerate(signs))


def marks(text: str) -> set[str]:
    return {letter for letter in text if FIRST <= ord(letter) <= LAST}


def thought(message: str) -> set[str]:
    """The marks inside square brackets or tags, each kind counted for itself; unopened ends hide what comes before."""
    return inside(message, tags=True) | inside(message, tags=False)


def inside(message: str, *, tags: bool) -> set[str]:
    depth = tag_depth = 0
    found: set[str] = set()
    since: set[str] = set()
    for token in TOKENS.findall(message):
        is_tag = token.startswith("<") and len(token) > 1
        if is_tag:
            tag_depth = max(0, tag_depth + (-1 if "/" in token else 1))
        ours = is_tag if tags else token in "[]［］" and not tag_depth
        if ours and ("/" in token if tags else token in "]］"):
            if not depth:
                found |= since
            depth = max(0, depth - 1)
            since = set() if not depth else since
        elif ours:
            depth += 1
        elif marks(token):
            (found if depth else since).update(token)
    return found


@settings(deadline=None, max_examples=400)
@given(turns())
def test_no_letter_of_a_thought_is_visible(message):
    assert not marks(visible(message)) & thought(message)


@settings(deadline=None, max_examples=200)
@given(turns())
def test_what_is_no_thought_by_the_pieces_is_visible_and_nothing_else(message):
    public = "".join(piece.text for piece in pieces(message) if piece.kind != "thought")
    assert marks(visible(message)) == marks(public)


@settings(deadline=None, max_examples=400)
@given(turns(), turns(at_most=6, offset=200), st.booleans())
def test_mending_a_turn_brings_no_thought_to_light(message, other, again):
    """Cutting others' lines and repeated openings works on the raw turn: a cut must not unpair a thought."""
    before = [message if again else other]
    mended, _ = without_repeated_opening(own_lines(message, ["Kent"]), before)
    assert not marks(visible(mended)) & thought(message)


def test_a_long_thought_that_is_repeated_and_never_closed_stays_hidden():
    """A small model that was cut off in the middle of a thought, twice."""
    message = "[I " + "hate him so very much " * 40
    mended, _ = without_repeated_opening(message, [message])
    assert visible(mended) == ""


def test_lines_of_others_inside_a_thought_do_not_cut_its_end_off():
    """A reasoning model drafts what the others might say before it closes its thoughts."""
    for message in ("I plan.\nKent: he begs.\nThen I lie.</think> My lord!", "[I plan.\nKent: he begs.\n] My lord!"):
        assert visible(own_lines(message, ["Kent"])) == "My lord!"
    assert own_lines("[Well.] Aloud.\nKent: Mine.", ["Kent"]) == "[Well.] Aloud."


@settings(max_examples=60, deadline=None)
@given(st.lists(turns(at_most=8), min_size=6, max_size=6))
def test_in_a_whole_play_no_thought_reaches_actor_environment_director_or_judge(texts):
    texts = [f"{text} aloud" for text in (_apart(text, place) for place, text in enumerate(texts))]
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui"), Part("Kent")))
    actor = Scripted([Completion(text) for text in texts])
    director = Scripted(["Rui", ENVIRONMENT, "Kent", "Ana", "Rui"])
    played = personae.run(play(scene, cast_for(scene, actor), Staging(Asked(director), actor, rounds=6)))
    hidden = [thought(text) for text in texts]
    speakers = [turn.speaker for turn in played.turns]
    assert speakers == ["Ana", "Rui", ENVIRONMENT, "Kent", "Ana", "Rui"]
    for place, call in enumerate(actor.history):
        read = marks("".join(each.content for each in call.messages))
        foreign = set().union(*(hidden[i] for i in range(place) if speakers[i] != speakers[place]))
        assert not read & foreign
        own = [marks(played.turns[i].text) for i in range(place) if speakers[i] == speakers[place]]
        assert set().union(*own) <= read
    everything = set().union(*hidden)
    for call in director.history:
        assert not marks("".join(message.content for message in call.messages)) & everything
    if (item := scene_item(played)) is not None:
        assert not marks("".join(message.content for message in item.simulation)) & everything
    assert not marks(played.shown()) & everything


def _apart(text: str, place: int) -> str:
    """The marks of this turn moved to a range of their own."""
    return "".join(chr(FIRST + place * 400 + (ord(c) - FIRST) % 400) if c in marks(text) else c for c in text)


@settings(max_examples=40, deadline=None)
@given(turns(at_most=12))
def test_a_given_turn_of_the_script_keeps_its_thoughts_to_its_speaker(message):
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui")), script=(Line("Ana", message),))
    actor = Scripted([Completion("Hm.")])
    personae.run(play(scene, cast_for(scene, actor), Staging(InTurn(), rounds=2, continue_from=1)))
    (call,) = actor.history
    assert not marks("".join(each.content for each in call.messages)) & thought(message)
