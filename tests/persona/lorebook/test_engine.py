"""The scan, checked against the card specification's fixtures and hand-made books."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.persona.lorebook.book import Entry, Lorebook
from personae.persona.lorebook.engine import replay, scan
from personae.persona.lorebook.trace import Activation
from personae.types import Message

Run = Callable[..., Activation]


def fired(activation: Activation) -> list[int]:
    return [decision.entry for decision in activation.trace if decision.fired]


def why(activation: Activation, entry: int = 0) -> str:
    return activation.trace[entry].reason


def test_a_book_without_entries_inserts_nothing(run: Run) -> None:
    assert run([], "hello").insertions == ()


class TestFixture:
    """Entries by place: 0 map, 1 Tejo room, 2 iron key, 3 disabled, 4 constant, 5 fog regex, 6 bad regex."""

    def test_maps_fires_the_first_and_recursion_the_second(self, run: Run, fixture_book: Lorebook) -> None:
        activation = run(fixture_book, "Where are the maps?")
        assert fired(activation) == [0, 1, 4]
        woken = activation.trace[1]
        assert (woken.recursion, woken.woken_by, woken.key) == (1, 0, "Tejo room")

    def test_key_alone_does_not_fire_but_iron_key_does(self, run: Run, fixture_book: Lorebook) -> None:
        alone = run(fixture_book, "I lost the key.")
        assert why(alone, 2) == "secondary key missing"
        assert fired(run(fixture_book, "I lost the iron key.")) == [2, 4]

    def test_the_constant_fires_always_and_the_disabled_never(self, run: Run, fixture_book: Lorebook) -> None:
        activation = run(fixture_book, "never")
        assert fired(activation) == [4]
        assert why(activation, 3) == "disabled"
        assert why(activation, 4) == "constant"

    def test_an_invalid_regex_never_fires_and_says_so(self, run: Run, fixture_book: Lorebook) -> None:
        activation = run(fixture_book, "(bad[ bad")
        assert 6 not in fired(activation)
        assert why(activation, 6) == "invalid regex"
        assert "(bad[" in activation.trace[6].notes[0]

    def test_the_fog_waits_for_two_replies_through_a_fallback(self, run: Run, fixture_book: Lorebook) -> None:
        early = run(fixture_book, "Foggy today", "Yes.", "So foggy")
        assert why(early, 5).startswith("@@activate_only_after 2")
        late = run(fixture_book, "Hello", "Hello.", "Well", "Well.", "Foggy today")
        fog = next(insertion for insertion in late.insertions if insertion.entry == 5)
        assert (fog.where, fog.depth, fog.role) == ("depth", 0, "system")
        assert fog.content == "The fog makes Ana melancholic."

    def test_insertion_order_decides_the_order(self, run: Run, fixture_book: Lorebook) -> None:
        activation = run(fixture_book, "maps and the iron key")
        assert [insertion.entry for insertion in activation.insertions] == [4, 2, 0, 1]

    def test_the_sillytavern_profile_reads_its_position(self, run: Run, fixture_book: Lorebook) -> None:
        spec = run(fixture_book, "maps").insertions[1]
        practice = run(fixture_book, "maps", profile="sillytavern").insertions[1]
        assert (spec.where, practice.where, practice.depth) == ("before_char", "depth", 2)


@pytest.mark.parametrize(
    ("entry", "text", "fires"),
    [
        ({"keys": ["Fog"]}, "foggy", True),
        ({"keys": ["Fog"], "case_sensitive": True}, "foggy", False),
        ({"keys": ["Fog"], "case_sensitive": True}, "Foggy", True),
        ({"keys": [""]}, "anything", False),
        ({"keys": ["a.c"]}, "abc", False),
        ({"keys": ["a.c"], "use_regex": True}, "abc", True),
        ({"keys": ["x"], "use_regex": True, "constant": True}, "abc", False),
        ({"keys": ["a"], "use_regex": True, "selective": True, "secondary_keys": ["zz"]}, "abc", True),
        ({"keys": ["a"], "selective": True, "secondary_keys": []}, "abc", True),
        ({"keys": ["{{char}}"]}, "Good day, Ana", True),
        ({"keys": ["a"], "enabled": False, "constant": True}, "abc", False),
    ],
)
def test_keys_follow_the_specification(run: Run, entry: dict[str, Any], text: str, fires: bool) -> None:
    assert bool(fired(run([{"content": "lore", **entry}], text))) is fires


@pytest.mark.parametrize(
    ("decorators", "lines", "fires"),
    [
        ("@@activate_only_after 1", ["fog"], False),
        ("@@activate_only_after 1", ["fog", "Yes."], True),
        ("@@activate_only_every 2", ["fog", "Yes.", "fog"], False),
        ("@@activate_only_every 2", ["fog", "Yes.", "fog", "Yes."], True),
        ("@@scan_depth 1", ["fog", "Yes."], False),
        ("@@scan_depth 2", ["fog", "Yes."], True),
        ("@@additional_keys sea,coast", ["fog"], False),
        ("@@additional_keys sea,coast", ["fog on the coast"], True),
        ("@@additional_keys sea\n@@additional_keys coast", ["fog on the coast"], False),
        ("@@exclude_keys sun", ["fog and sun"], False),
        ("@@activate", ["nothing"], True),
        ("@@dont_activate", ["fog"], False),
        ("@@dont_activate\n@@activate", ["nothing"], True),
        ("@@is_greeting 1", ["fog"], False),
        ("@@is_greeting 0", ["fog"], True),
        ("@@activate_only_every 0", ["fog", "Yes."], True),
    ],
)
def test_decorators_decide(run: Run, decorators: str, lines: list[str], fires: bool) -> None:
    activation = run([{"keys": ["fog"], "content": f"{decorators}\nThe fog."}], *lines, greeting=0)
    assert bool(fired(activation)) is fires
    assert all(insertion.content == "The fog." for insertion in activation.insertions)


@pytest.mark.parametrize(
    ("decorators", "place"),
    [
        ("@@depth 3", ("depth", 3, "system")),
        ("@@depth 1\n@@role user", ("depth", 1, "user")),
        ("@@reverse_depth 1", ("depth", 2, "system")),  # three messages: 3 - 1
        ("@@position before_desc\n@@depth 2", ("before_char", 0, "system")),
        ("@@position scenario", ("after_char", 0, "system")),
        ("@@instruct_depth 9\n@@@depth 4", ("depth", 4, "system")),
        ("@@depth many\n@@@depth 2", ("depth", 2, "system")),
    ],
)
def test_decorators_place(run: Run, decorators: str, place: tuple[str, int, str]) -> None:
    insertion = run([{"keys": ["fog"], "content": f"{decorators}\nThe fog."}], "fog", "Yes.", "and").insertions[0]
    assert (insertion.where, insertion.depth, insertion.role) == place


def test_matches_of_earlier_turns_are_replayed_from_the_talk_itself() -> None:
    options: dict[str, Any] = {"count_tokens": len, "char": "Ana", "user": "Rui"}
    keep = Entry(keys=("fog",), content="@@keep_activate_after_match\nFog.", extensions={})
    once = Entry(keys=("fog",), content="@@dont_activate_after_match\nFog once.")
    book = Lorebook(entries=(keep, once), scan_depth=1)
    messages = [Message("user", "fog"), Message("assistant", "Yes."), Message("user", "Hello")]
    state = replay(book, messages, **options)
    assert fired(scan(book, messages, state=state, **options)) == [0]
    assert fired(scan(book, messages[:1], **options)) == [0, 1]


def test_a_greeting_counts_as_no_turn_to_replay() -> None:
    book = Lorebook(entries=(Entry(keys=("fog",), content="@@dont_activate_after_match\nFog."),))
    messages = [Message("assistant", "fog"), Message("user", "fog")]
    assert replay(book, messages, count_tokens=len, char="A", user="B").timings == {}


def test_disable_ui_prompt_reaches_the_host(run: Run) -> None:
    activation = run([{"constant": True, "content": "@@disable_ui_prompt system_prompt\nLore."}], "hi")
    assert activation.disabled_prompts == {"system_prompt"}


class TestBudget:
    ENTRIES = (
        {"constant": True, "content": "one one", "priority": 3, "insertion_order": 1},
        {"constant": True, "content": "two two", "priority": 1, "insertion_order": 2},
        {"constant": True, "content": "three three", "priority": 2, "insertion_order": 3},
    )

    def test_the_lowest_priority_leaves_first(self, run: Run) -> None:
        activation = run(self.ENTRIES, "hi", budget=4)
        assert fired(activation) == [0, 2]
        assert why(activation, 1) == "over budget"
        assert activation.tokens == 4

    def test_without_priority_the_insertion_order_stands_in(self, run: Run) -> None:
        entries = [{**entry, "priority": None} for entry in self.ENTRIES]
        assert fired(run(entries, "hi", budget=2)) == [2]

    def test_what_may_be_ignored_leaves_before_all_others(self, run: Run) -> None:
        optional = {"constant": True, "content": "@@ignore_on_max_context\nfour four", "priority": 9}
        assert fired(run([*self.ENTRIES, optional], "hi", budget=6)) == [0, 1, 2]
        assert why(run([optional], "hi", context_full=True)).startswith("@@ignore_on_max_context")

    def test_the_argument_overrules_the_book(self, run: Run) -> None:
        assert fired(run(self.ENTRIES, "hi", book={"token_budget": 0})) == []
        assert fired(run(self.ENTRIES, "hi", book={"token_budget": 0}, budget=6)) == [0, 1, 2]


class TestRecursion:
    CHAIN = ({"keys": ["a1"], "content": "b2"}, {"keys": ["b2"], "content": "c3"}, {"keys": ["c3"], "content": "a1"})

    def test_it_is_off_unless_the_book_asks(self, run: Run) -> None:
        assert fired(run(self.CHAIN, "a1")) == [0]

    def test_a_cycle_ends(self, run: Run) -> None:
        activation = run(self.CHAIN, "a1", book={"recursive_scanning": True})
        assert [decision.recursion for decision in activation.trace] == [0, 1, 2]

    def test_hidden_keys_wake_others_and_are_not_inserted(self, run: Run) -> None:
        entries = [{"keys": ["a1"], "content": "Lore.{{hidden_key:b2}}"}, {"keys": ["b2"], "content": "More."}]
        activation = run(entries, "a1", book={"recursive_scanning": True})
        assert [insertion.content for insertion in activation.insertions] == ["Lore.", "More."]

    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            ({"prevent_recursion": True}, {}, [0]),
            ({}, {"exclude_recursion": True}, [0]),
            ({}, {"delay_until_recursion": True}, [0, 1]),
            ({}, {"delay_until_recursion": 2}, [0, 1]),
        ],
    )
    def test_sillytavern_flags_steer_it(self, run: Run, first: Any, second: Any, expected: list[int]) -> None:
        entries = [{**self.CHAIN[0], "extensions": first}, {**self.CHAIN[1], "extensions": second}]
        activation = run(entries, "a1", profile="sillytavern", book={"recursive_scanning": True})
        assert fired(activation) == expected

    def test_a_delayed_entry_needs_a_round_of_recursion(self, run: Run) -> None:
        entry = {"keys": ["a1"], "content": "x", "extensions": {"delay_until_recursion": True}}
        assert why(run([entry], "a1", profile="sillytavern")) == "delayed until recursion 1"
        assert fired(run([entry], "a1", profile="sillytavern", book={"recursive_scanning": True})) == [0]


class TestSillyTavern:
    def entry(self, **extensions: Any) -> dict[str, Any]:
        return {"keys": ["cat"], "content": "A cat.", "extensions": extensions}

    def run_it(self, run: Run, entries: list[dict[str, Any]], *lines: str, **options: Any) -> Activation:
        return run(entries, *lines, profile="sillytavern", **options)

    @pytest.mark.parametrize(
        ("logic", "text", "fires"),
        [
            (0, "cat red", True),
            (0, "cat", False),
            (1, "cat red blue", False),
            (1, "cat red", True),
            (2, "cat red", False),
            (2, "cat", True),
            (3, "cat red", False),
            (3, "cat red blue", True),
        ],
    )
    def test_selective_logic(self, run: Run, logic: int, text: str, fires: bool) -> None:
        entry = {**self.entry(selectiveLogic=logic), "selective": True, "secondary_keys": ["red", "blue"]}
        assert bool(fired(self.run_it(run, [entry], text))) is fires

    def test_whole_words_and_slashed_keys(self, run: Run) -> None:
        assert not fired(self.run_it(run, [self.entry(match_whole_words=True)], "concatenate"))
        assert fired(self.run_it(run, [self.entry(match_whole_words=True)], "a cat."))
        assert fired(self.run_it(run, [{**self.entry(), "keys": ["/d[o]g/i"]}], "DOG"))

    def test_only_the_last_two_messages_are_read_by_default(self, run: Run) -> None:
        assert not fired(self.run_it(run, [self.entry()], "cat", "Yes.", "Hello"))
        assert fired(self.run_it(run, [self.entry(scan_depth=3)], "cat", "Yes.", "Hello"))

    def test_probability_is_rolled_from_the_seed(self, run: Run) -> None:
        assert why(self.run_it(run, [self.entry(probability=0)], "cat")) == "probability"
        assert fired(self.run_it(run, [self.entry(probability=0, useProbability=False)], "cat"))
        entry = self.entry(probability=30)
        hits = sum(bool(fired(self.run_it(run, [entry], "cat", seed=seed))) for seed in range(400))
        assert 80 < hits < 160  # 120 expected, standard deviation 9.2

    def test_one_of_a_group_stays(self, run: Run) -> None:
        entries = [self.entry(group="pets"), self.entry(group="pets"), self.entry(group="pets", group_override=True)]
        assert fired(self.run_it(run, entries, "cat")) == [2]
        assert len(fired(self.run_it(run, entries[:2], "cat"))) == 1

    def test_group_weights_are_obeyed(self, run: Run) -> None:
        entries = [self.entry(group="g", group_weight=0), self.entry(group="g", group_weight=100)]
        assert all(fired(self.run_it(run, entries, "cat", seed=seed)) == [1] for seed in range(20))

    def test_delay_sticky_and_cooldown_count_messages(self, run: Run) -> None:
        assert why(self.run_it(run, [self.entry(delay=2)], "cat")) == "delay: waits for 2 messages"
        entry = self.entry(sticky=2, cooldown=2)
        first = self.run_it(run, [entry], "cat")  # message count 1: sticky below 3, resting below 5
        lines = ["cat", "Yes.", "x", "y", "cat", "z"]
        after = {n: self.run_it(run, [entry], *lines[:n], state=first.state) for n in (2, 3, 5)}
        assert why(after[2]) == "sticky"
        assert why(after[3]).startswith("cooldown")
        assert why(after[5]) == "key found"

    def test_the_budget_stops_at_the_first_that_does_not_fit(self, run: Run) -> None:
        entries = [
            {**self.entry(), "insertion_order": order, "content": "w " * size}
            for order, size in ((10, 1), (20, 5), (30, 2))
        ]
        assert fired(self.run_it(run, entries, "cat", budget=4)) == [2]


def test_the_trace_reads_as_a_line(run: Run) -> None:
    decision = run([{"keys": ["fog"], "name": "weather", "content": "Fog here."}], "the fog").trace[0]
    assert decision.line() == "+ weather: key found ('fog', message 0), 2 tokens, after_char"


def test_two_thousand_entries_scan_quickly(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [{"keys": [f"key{n}", f"word{n}"], "content": f"key{n + 7} lore " * 20} for n in range(2000)]
    lines = [f"We spoke of key{n} and of many other things " * 10 for n in range(20)]
    start = time.perf_counter()
    activation = run(entries, *lines, book={"recursive_scanning": True})
    with capsys.disabled():
        print(f"\n2,000 entries, 20 messages, {len(fired(activation))} fired: {time.perf_counter() - start:.3f} s")
    assert len(activation.trace) == 2000


values = st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | st.text(max_size=5) | st.lists(st.integers())
practice = st.dictionaries(
    st.sampled_from(
        [
            "position",
            "depth",
            "role",
            "selectiveLogic",
            "probability",
            "useProbability",
            "group",
            "group_override",
            "group_weight",
            "sticky",
            "cooldown",
            "delay",
            "exclude_recursion",
            "prevent_recursion",
            "delay_until_recursion",
            "scan_depth",
            "match_whole_words",
            "case_sensitive",
            "use_group_scoring",
        ]
    ),
    values | st.sampled_from(["a", "a,b"]),
)
keys = st.sampled_from(["fog", "/fo+g/i", "(bad[", "(a+)+$", "sea"]) | st.text(max_size=6)
contents = st.lists(
    st.sampled_from(
        ["@@depth 1", "@@@role user", "@@activate_only_every 0", "@@additional_keys fog", "fog sea", "{{pick:"]
    )
    | st.text(max_size=12)
).map("\n".join)
entries = st.builds(
    Entry,
    keys=st.lists(keys, max_size=3).map(tuple),
    secondary_keys=st.lists(keys, max_size=2).map(tuple),
    content=contents,
    extensions=practice,
    enabled=st.booleans(),
    use_regex=st.booleans(),
    constant=st.none() | st.booleans(),
    selective=st.none() | st.booleans(),
    insertion_order=st.floats(),
    priority=st.none() | st.floats(),
    case_sensitive=st.none() | st.booleans(),
)
books = st.builds(
    Lorebook,
    entries=st.lists(entries, max_size=6).map(tuple),
    scan_depth=st.none() | st.integers(0, 5),
    token_budget=st.none() | st.integers(0, 20),
    recursive_scanning=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(books, st.lists(st.text(max_size=20) | st.just("fog sea"), max_size=4), st.sampled_from(["spec", "sillytavern"]))
def test_no_book_raises_and_equal_calls_give_equal_results(book: Lorebook, lines: list[str], profile: Any) -> None:
    messages = [Message("assistant" if number % 2 else "user", line) for number, line in enumerate(lines)]
    options: dict[str, Any] = {"count_tokens": len, "char": "A", "user": "B", "profile": profile, "seed": 3}
    once = scan(book, messages, **options, state=replay(book, messages, **options))
    assert once == scan(book, messages, **options, state=replay(book, messages, **options))
    assert len(once.trace) == len(book.entries)
