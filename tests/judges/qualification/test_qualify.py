"""The whole examination: scripted judges of known worth, runs that are killed, and the embedded model."""

from __future__ import annotations

import pytest
from stubs.judges import always_a, oracle

import personae
from personae.errors import ModelUnreachable, UsageError
from personae.judges.qualification import bundled, probes
from personae.judges.qualification.qualify import fitting_way, qualify, spread
from personae.models import Scripted
from personae.models.cache import Cached


def examined(model, **options):
    return personae.run(qualify(model, date="2026-11-21", **options))


def test_an_oracle_passes(oracle_card):
    assert (oracle_card.standing, oracle_card.reasons) == ("qualified", ())
    assert oracle_card.figure("top_1").value == oracle_card.figure("contrast").value == 1
    assert oracle_card.figure("brier").value == 0
    assert oracle_card.figure("certainty.auroc").value == pytest.approx(0.9)
    assert oracle_card.figure("certainty.auroc").details["verdict"] == "useful"


def test_a_judge_that_always_says_a_is_unqualified_with_a_position_bias_below_p_001(biased_card):
    assert biased_card.standing == "unqualified"
    place = biased_card.figure("place")
    assert place.value == 1
    assert place.details["biased"]
    assert place.details["p"] < 0.001
    swap = biased_card.figure("order_swap.place")
    assert swap.details["p"] == pytest.approx(2 * 0.5**22, rel=1e-4)
    assert swap.details["favours"] == "first"
    assert biased_card.figure("order_swap").value == 0
    assert biased_card.figure("top_1").value == pytest.approx(biased_card.figure("baseline").details["chance"])


def test_every_item_of_every_probe_is_in_the_count_of_its_outcomes(biased_card, oracle_card):
    sizes = {name: len(bundled.probe(name)) for name in bundled.PROBES}
    for card in (biased_card, oracle_card):
        for name in ("order_swap", "contrast", "verbosity"):
            assert sum(card.figure(name).details["outcomes"].values()) == sizes[name]
        for name in ("vague.right", "vague.accepted", "vague.wrong"):
            assert sum(card.figure(name).details["outcomes"].values()) == sizes["vague"]
        assert sum(card.figure("self_preference").details["outcomes"].values()) == 2 * sizes["self_preference"]
        assert sum(card.figure("certainty.auroc").details["outcomes"].values()) == sizes["certainty"]
        assert sum(card.figure("top_1").details["outcomes"].values()) == len(bundled.speakers())


def test_the_calls_are_counted_exactly(oracle_card):
    rotations = sum(len(item.candidates) for item in bundled.speakers())
    pairs = 22 + 24 + 20 + 2 * 12
    assert oracle_card.calls["calls"] == 1 + rotations + 2 * pairs + 3 * 20 * 2 + 72


def test_a_judge_that_likes_length_fails_by_length_alone():
    longer = {item["long"] for item in bundled.probe("verbosity")}
    known = oracle()

    def answer(messages):
        text = messages[-1].content
        side = next((s for s in "AB" if any(f'side="{s}">\n{reply}' in text for reply in longer)), None)
        return f"[[{side}]]" if side else known._always(messages)

    card = examined(Scripted(answer))
    assert card.reasons == ("verbosity: 1.000 is not at most 0.6",)
    assert card.figure("verbosity").details["outcomes"] == {"longer": 20}


def test_a_judge_that_likes_what_is_said_to_be_its_own_fails_by_that_alone():
    known = oracle()

    def answer(messages):
        text = messages[-1].content
        if "written by you" in text:
            return "[[A]]" if text.index("written by you") < text.index("written by another") else "[[B]]"
        return known._always(messages)

    card = examined(Scripted(answer))
    assert card.reasons == ("self_preference: 1.000 is not at most 0.6",)
    assert card.figure("self_preference").details["outcomes"] == {"own": 24}


def test_a_judge_that_accepts_what_is_vague_fails_by_that_alone():
    accepted = {item[kind] for item in bundled.probe("vague") for kind in ("right", "vague")}
    known = oracle()

    def answer(messages):
        text = messages[-1].content
        if "<reference>" not in text:
            return known._always(messages)
        said = text.split("<reply>\n")[1].split("\n</reply>")[0]
        yes = "A" if "A. Yes" in text else "B"
        letter = yes if said in accepted else "AB"[yes == "A"]
        return '{"A": 1, "B": 0}' if letter == "A" else '{"A": 0, "B": 1}'

    card = examined(Scripted(answer))
    assert card.reasons == ("vague.accepted: 1.000 is not at most 0.2",)


def test_a_judge_that_refuses_everything_is_unqualified_and_its_refusals_are_counted():
    card = examined(Scripted(lambda _: "I'm sorry, but I can't help with that."))
    assert card.standing == "unqualified"
    assert card.figure("top_1").missing == {"refused": len(bundled.speakers())}
    assert card.figure("contrast").details["outcomes"] == {"refused": 24}
    assert card.figure("vague.right").missing == {"refused": 20}


async def test_a_judge_that_writes_no_json_is_asked_for_a_letter():
    item = bundled.speakers()[0]
    assert await fitting_way(Scripted(lambda _: "A"), item) == "spoken"
    assert await fitting_way(oracle(), item) == "shares"
    assert await fitting_way(Scripted((), name="embedded/any"), item) == "letters"


def test_a_killed_examination_goes_on_and_pays_for_nothing_twice(tmp_path):
    asked = []
    whole = oracle()

    def answer(messages):
        asked.append(messages)
        if len(asked) == 150:
            raise ModelUnreachable("the line is dead")
        return whole._always(messages)

    with pytest.raises(ModelUnreachable):
        examined(Cached(Scripted(answer, name="oracle"), tmp_path / "answers.sqlite"), at_once=1)
    card = examined(Cached(Scripted(answer, name="oracle"), tmp_path / "answers.sqlite"), at_once=1)
    different = len({tuple((m.role, m.content) for m in messages) for messages in asked})
    assert len(asked) == different + 1  # the call that was lost
    assert card.standing == "qualified"
    assert card.calls["from_cache"] >= 149


def test_a_limit_draws_the_same_items_over_the_whole_set_every_time():
    items = bundled.speakers()
    some = spread(items, 24, lambda item: item.id)
    assert some == spread(tuple(reversed(items)), 24, lambda item: item.id)[::-1]
    assert len({item.id.partition("/")[0] for item in some}) >= 8
    assert len(spread(items, 1000, lambda item: item.id)) == len(items)


def test_a_limited_examination_of_an_oracle_is_untested_and_that_of_a_biased_judge_unqualified():
    assert examined(oracle(), limit=6).standing == "untested"
    assert examined(always_a(), limit=6).standing == "unqualified"


def test_a_probe_that_was_left_out_is_no_fault_and_the_card_stays_untested():
    card = examined(oracle(), only=("contrast",))
    assert (card.standing, card.faults) == ("untested", ())
    assert card.reasons[0] == "order_swap: 0 of 22 items"


def test_by_probability_equal_verdicts_are_ties_and_the_card_says_so():
    card = examined(Scripted((), name="embedded/flat"), limit=5)
    assert card.way == "letters"
    assert card.figure("order_swap").details["outcomes"] == {"tie": 5}
    assert card.figure("certainty.auroc").details["outcomes"] == {"undecided": 5}
    assert card.figure("top_1").value == pytest.approx(card.figure("baseline").details["chance"])


def test_progress_is_told_set_by_set_up_to_the_end():
    steps = []
    examined(oracle(), limit=3, on_step=lambda *step: steps.append(step))
    for name in ("speakers", *probes.RUN):
        mine = [(done, planned) for what, done, planned in steps if what == name]
        assert mine[0][0] == 0
        assert mine[-1][0] == mine[-1][1] > 0


def test_an_unknown_probe_or_an_empty_set_is_refused_before_any_call():
    model = oracle()
    for options in ({"only": ["charm"]}, {"items": ()}, {"limit": 0}):
        with pytest.raises(UsageError):
            examined(model, **options)
    assert model.history == []


@pytest.mark.slow
def test_the_embedded_model_is_no_judge():
    """A 135 M model takes the first place, whatever stands there."""
    from personae.models.embedded import Embedded

    card = examined(Embedded(), limit=2, only=("order_swap",), at_once=1)
    assert card.standing == "unqualified"
    swap = card.figure("order_swap")
    assert (swap.n, swap.value) == (2, 0)
    assert swap.high == pytest.approx(0.6576, abs=1e-4)  # Wilson, 0 of 2
    assert card.figure("brier").value > card.figure("brier").details["uniform"]
    print(card.short())
