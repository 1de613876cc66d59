"""The quality figures: by hand on a few turns, then on our 600 labelled ones, where they are printed and bounded."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from personae.errors import FormatError, UsageError
from personae.measure.memory_quality import Talk, judged, quality, read_talk
from personae.memory.profile import Change, Entry, extract

LABELLED = Path(__file__).parents[2] / "memory" / "profile" / "labelled"
TALKS = [read_talk(path) for path in sorted(LABELLED.glob("*.yaml"))]
HELD_OUT = [read_talk(path) for path in sorted((LABELLED.parent / "labelled_held_out").glob("*.yaml"))]
THINGS = "preferences.things"

SMALL = """
user: Rita
persona: Tomas
turns:
  - {u: I love old roses., keep: [likes roses]}
  - {u: I can't stand opera., keep: [dislikes opera]}
  - {a: I like tea., keep: [likes tea]}
  - {u: Nice weather we have.}
  - {r: Rita loves salt.}
"""


def small(folder: Path) -> Talk:
    path = folder / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return read_talk(path)


def change(turn: int, polarity: str, value: str, owner: str = "user") -> Change:
    return Change(THINGS, value, (f"small/D1:{turn}",), "2026-01-01", polarity, owner)  # type: ignore[arg-type]


def test_each_change_is_kept_junk_or_hallucinated(tmp_path: Path) -> None:
    proposed = [
        change(1, "likes", "old roses"),  # kept
        change(2, "likes", "opera"),  # the wrong way round
        change(3, "likes", "tea"),  # said by the persona, not by the user
        change(4, "likes", "weather"),  # said, not worth keeping
        change(4, "likes", "storms"),  # not said
        change(5, "likes", "salt"),  # recalled
        change(9, "likes", "nothing"),  # no such turn
    ]
    found = judged(small(tmp_path), proposed, [])
    assert [one.value for one in found.kept] == ["old roses"]
    assert [one.value for one in found.junk] == ["weather"]
    assert [one.value for one in found.hallucinated] == ["opera", "tea", "storms", "salt", "nothing"]
    assert ({id for id, _ in found.missed}, found.labels) == ({"D1:2"}, 3)


def test_the_second_entry_for_one_label_is_a_duplicate(tmp_path: Path) -> None:
    def entry(value: str) -> Entry:
        return change(1, "likes", value).entry()

    found = judged(small(tmp_path), [], [entry("roses"), entry("old roses")])
    assert [one.value for one in found.duplicates] == ["old roses"]


def test_time_and_tokens_are_taken_per_turn(tmp_path: Path) -> None:
    ticks = itertools.count()
    figures = {one.name: one for one in quality([small(tmp_path)], clock=lambda: float(next(ticks)))}
    assert (figures["memory/ingest"].value, figures["memory/ingest"].n) == (1_000.0, 5)
    assert figures["memory/missed"].value == 0.0
    assert figures["memory/tokens"].value > 0


@pytest.mark.parametrize(
    "text",
    ["[", "user: a", "user: a\npersona: b\nturns: [1]", "user: a\npersona: b\nturns: [{u: x, keep: [loves y]}]"],
)
def test_what_is_no_labelled_talk_is_an_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError):
        read_talk(tmp_path / "x.yaml")


def test_no_talk_is_an_error() -> None:
    with pytest.raises(UsageError, match="at least one"):
        quality([])


# Our 600 turns


def test_there_are_450_labelled_turns_and_150_held_out() -> None:
    assert [len(talk.turns) for talk in TALKS] == [50] * 9
    assert [len(talk.turns) for talk in HELD_OUT] == [50] * 3


@pytest.mark.parametrize(
    ("title", "talks", "bounds"),
    [
        ("1 to 9, which the rules were mended on", TALKS, (0.10, 0.02, 0.02, 0.15, 0.05)),
        ("held out, which no rule was mended on", HELD_OUT, (0.15, 0.02, 0.02, 0.40, 0.05)),
    ],
)
def test_the_figures_of_our_talks_stay_within_bounds(title: str, talks: list[Talk], bounds: tuple[float, ...]) -> None:
    figures = quality(talks)
    print(f"\ntalks {title}:")
    for one in figures:
        print(f"  {one.name:20} {one.value:.3f} [{one.low:.3f}, {one.high:.3f}] {one.unit}, n = {one.n}")
    for one, bound in zip(figures, bounds, strict=False):
        assert one.value is not None
        assert one.value <= bound, (one.name, one.details["cases"])
    tokens = figures[-1].value
    assert tokens is not None
    assert tokens <= 2 * 600


def test_nothing_at_all_is_extracted_of_recalled_or_derived_turns() -> None:
    origins = {(talk.name, row.turn.id) for talk in TALKS + HELD_OUT for row in talk.turns if row.turn.origin != "said"}
    assert len(origins) >= 6
    for talk in TALKS + HELD_OUT:
        not_said = [row.turn for row in talk.turns if row.turn.origin != "said"]
        assert extract(not_said, user=talk.user, persona=talk.persona).changes == ()


def test_what_a_later_turn_has_ended_is_stale(tmp_path: Path) -> None:
    path = tmp_path / "ends.yaml"
    path.write_text(
        "user: Rita\npersona: Tomas\nturns:\n"
        "  - {u: I love sushi., keep: [likes sushi]}\n"
        "  - {u: I stopped eating fish., keep: [avoids fish], ends: [likes sushi]}\n"
        "  - {u: I love sushi again., keep: [likes sushi]}\n",
        encoding="utf-8",
    )
    talk = read_talk(path)

    def entry(turn: int) -> Entry:
        return Change(THINGS, "sushi", (f"ends/D1:{turn}",), "2026-01-01", "likes").entry()

    assert judged(talk, [], [entry(1)]).stale == (entry(1),)
    assert judged(talk, [], [entry(3)]).stale == ()


def test_a_turn_is_read_in_less_than_a_millisecond_of_an_idle_core() -> None:
    turns = [row.turn for talk in TALKS + HELD_OUT for row in talk.turns]
    extract(turns[:1], user="Rita", persona="Tomas")  # the patterns are compiled once
    start = time.process_time()
    for number in range(2_000):
        turn = turns[number % len(turns)]
        extract([turn], user=turn.scope.user, persona=turn.scope.agent)
    spent = 1_000 * (time.process_time() - start) / 2_000
    print(f"\n{spent:.3f} ms of processor time per turn, n = 2000")
    assert spent < 5
