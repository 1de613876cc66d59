"""A small scene of our own, and actors that say what a test wants."""

from __future__ import annotations

import pytest

from personae.simulate.scenes import Line, Note, Part, Scene


@pytest.fixture
def hut() -> Scene:
    return Scene(
        id="hut",
        scenario="A hut in a storm. Three people wait for the rain to end.",
        parts=(
            Part("Lear", "An old king.", "I want to be loved."),
            Part("Fool", "The king's jester.", "I must make him see."),
            Part("Kent", "A loyal earl in disguise."),
        ),
        script=(
            Line("Environment", "Thunder rolls over the heath."),
            Line("Lear", "[My wits begin to turn.] (shivers) Come on, my boy. Art cold?"),
            Line("Fool", "[He is kind again.]"),
            Line("Kent", "(opens the door) Good my lord, enter here."),
            Line("Kent", "Enter, I beg you."),
        ),
        major=("Lear", "Fool"),
        book="King Lear",
        plot=8,
        plot_text="The king rages on the heath.",
        notes=(
            Note("The king rages on the heath.", 8),
            Note("The king divides his kingdom among his daughters.", 0),
            Note("I sang of two crowns of an egg.", 3, "Fool"),
            Note("I tripped the steward.", 3, "Kent"),
            Note("I shiver in the rain with the king.", 8, "Fool"),
        ),
    )
