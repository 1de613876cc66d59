"""The scan: which entries of a lorebook the talk wakes, in which order they enter the prompt, and why.

    round 0   every entry reads the last messages
    round n   entries not yet active read the texts of those that fired in round n-1 (if the book is recursive)
    groups    of entries that exclude each other one stays (SillyTavern profile)
    budget    the lowest priority leaves first until the rest fits

Profile "spec" follows the character card specifications: no scan depth means all messages given, no budget means
no limit. Profile "sillytavern" adds what that program keeps in `extensions`, and its default depth of 2 messages.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from personae.persona.lorebook.book import Lorebook
from personae.persona.lorebook.matching import Text, first_found
from personae.persona.lorebook.rules import Profile, Rules, rules_of
from personae.persona.lorebook.selection import one_per_group, within_budget
from personae.persona.lorebook.trace import Activation, Decision, Insertion, LoreState, Timing
from personae.persona.macros import Macros
from personae.types import Message

#: Rounds of recursion after the first; a longer chain of entries that wake each other ends here.
MAX_ROUNDS = 16
#: Messages SillyTavern reads when nobody says how many.
SILLYTAVERN_SCAN_DEPTH = 2


@dataclass(frozen=True)
class Situation:
    """What a scan happens in: how many messages and replies there are, the greeting and icon in use, the context."""

    messages: int
    replies: int
    greeting: int | None = None
    user_icon: str | None = None
    context_full: bool = False


@dataclass
class Watch:
    """One entry during a scan: what of its keys was found so far, and what became of it."""

    rules: Rules
    found: dict[str, Text] = field(default_factory=dict)
    secondary: set[str] = field(default_factory=set)
    additional: set[int] = field(default_factory=set)
    excluded: str | None = None
    reason: str = "no key found"
    round: int = 0
    active: bool = False
    content: str = ""
    tokens: int = 0

    def look(self, text: Text) -> None:
        """Search one more text for the keys of all kinds."""
        rules = self.rules
        if rules.group_scoring:
            self.found |= {key.key: text for key in rules.keys if key.key not in self.found and key.found_in(text)}
        elif not self.found and (key := first_found(rules.keys, text)) is not None:
            self.found[key] = text
        if rules.secondary:
            self.secondary |= {
                key.key for key in rules.secondary if key.key not in self.secondary and key.found_in(text)
            }
        for number, keys in enumerate(rules.additional):
            if number not in self.additional and first_found(keys, text) is not None:
                self.additional.add(number)
        if rules.excluded and self.excluded is None:
            self.excluded = first_found(rules.excluded, text)

    def refuse(self, reason: str) -> None:
        """The entry does not fire, for this reason."""
        self.active, self.reason = False, reason


def scan(
    book: Lorebook,
    messages: Sequence[Message],
    *,
    count_tokens: Callable[[str], int],
    char: str,
    user: str,
    seed: int = 0,
    budget: int | None = None,
    scan_depth: int | None = None,
    profile: Profile = "spec",
    state: LoreState | None = None,
    greeting: int | None = None,
    user_icon: str | None = None,
    context_full: bool = False,
) -> Activation:
    """What of the book belongs into the prompt after these messages, oldest first; system messages are not read.

    `budget` (tokens) and `scan_depth` (messages) overrule the book's own. `state` comes from the scan of the turn
    before (`replay` makes it from a whole talk). Equal arguments give equal results; no book raises an error.

    >>> from personae.persona.lorebook.book import Entry
    >>> book = Lorebook(entries=(Entry(keys=("harbour",), content="The harbour freezes in January."),))
    >>> talk = [Message("user", "Shall we walk to the harbour?")]
    >>> active = scan(book, talk, count_tokens=lambda text: len(text.split()), char="Ana", user="Rui")
    >>> active.insertions[0].content, active.trace[0].reason
    ('The harbour freezes in January.', 'key found')
    """
    state = state or LoreState()
    spoken = [(index, message) for index, message in enumerate(messages) if message.role != "system"]
    replies = sum(message.role == "assistant" for _, message in spoken)
    situation = Situation(len(spoken), replies, greeting, user_icon, context_full)
    macros = Macros(char, user, random.Random(seed), seed)
    watches = [Watch(rules_of(index, entry, macros, profile)) for index, entry in enumerate(book.entries)]
    texts = [Text(macros(message.content), message=index) for index, message in spoken]
    depth = scan_depth if scan_depth is not None else book.scan_depth
    if depth is None:
        depth = SILLYTAVERN_SCAN_DEPTH if profile == "sillytavern" else len(texts)
    for watch in watches:
        if watch.rules.entry.enabled:
            _read_messages(watch, texts, depth)
    limit = budget if budget is not None else book.token_budget
    _rounds(watches, situation, state, macros, count_tokens, seed, recursive=bool(book.recursive_scanning))
    within_budget(watches, limit, profile)
    return _outcome(watches, situation, state)


def replay(book: Lorebook, messages: Sequence[Message], **options: object) -> LoreState:
    """The state earlier turns of a talk left behind: one scan before every reply. Options are those of `scan`.

    Costs nothing unless an entry of the book remembers (sticky, cooldown, `@@keep_activate_after_match` …).
    """
    state = LoreState()
    profile: Profile = "sillytavern" if options.get("profile") == "sillytavern" else "spec"
    nobody = Macros("", "")
    if not any(rules_of(index, entry, nobody, profile).remembers for index, entry in enumerate(book.entries)):
        return state
    for index, message in enumerate(messages):
        if message.role == "assistant" and index:
            state = scan(book, messages[:index], **{**options, "state": state}).state  # type: ignore[arg-type]
    return state


def _read_messages(watch: Watch, texts: Sequence[Text], depth: int) -> None:
    """Newest first, so that the trace names the nearest message."""
    own = watch.rules.scan_depth
    depth = depth if own is None else own
    for text in reversed(texts[max(0, len(texts) - depth) :]):
        watch.look(text)


def _rounds(
    watches: list[Watch],
    situation: Situation,
    state: LoreState,
    macros: Macros,
    count_tokens: Callable[[str], int],
    seed: int,
    *,
    recursive: bool,
) -> None:
    last_level = max((watch.rules.recursion_level for watch in watches), default=0)
    rejected: set[int] = set()
    for number in range(MAX_ROUNDS + 1):
        fresh: list[Watch] = []
        for watch in watches:
            if watch.active or watch.rules.index in rejected:
                continue
            watch.active, watch.reason = _decide(watch, situation, state.of(watch.rules.index), number)
            if watch.active and not _roll(watch.rules, situation, seed) and watch.reason != "sticky":
                watch.refuse("probability")
                rejected.add(watch.rules.index)
            if watch.active:
                watch.round = number
                fresh.append(watch)
        rejected |= one_per_group(fresh, watches, seed + situation.messages)
        fresh = [watch for watch in fresh if watch.active]
        for watch in fresh:
            watch.content = macros(watch.rules.decorated.content).strip()
            watch.tokens = count_tokens(watch.content) if watch.content else 0
        if not recursive or not (fresh or number < last_level):
            return
        _read_contents(watches, fresh, macros)


def _read_contents(watches: list[Watch], fresh: list[Watch], macros: Macros) -> None:
    """The entries not yet active read what just fired."""
    quiet = dataclasses.replace(macros, rng=random.Random(macros.seed))
    texts = [
        Text(quiet(watch.rules.decorated.content, reveal_hidden=True), entry=watch.rules.index)
        for watch in fresh
        if not watch.rules.prevent_recursion
    ]
    for watch in watches:
        if not watch.active and watch.rules.entry.enabled and not watch.rules.exclude_recursion:
            for text in texts:
                watch.look(text)


def _decide(watch: Watch, situation: Situation, timing: Timing, number: int) -> tuple[bool, str]:
    """Whether an entry fires now, and the reason. The order of the questions is the order of precedence."""
    rules, said = watch.rules, watch.rules.decorated.values
    if not rules.entry.enabled:
        return False, "disabled"
    if "activate" in said:
        return True, "@@activate"
    if "dont_activate" in said:
        return False, "@@dont_activate"
    if timing.fired and "dont_activate_after_match" in said:
        return False, "@@dont_activate_after_match: it fired before"
    if timing.fired and "keep_activate_after_match" in said:
        return True, "@@keep_activate_after_match: it fired before"
    sticky = situation.messages < timing.sticky_until
    hindrance = _hindrance(rules, situation, timing, number, sticky)
    if hindrance:
        return False, hindrance
    if sticky:
        return True, "sticky"
    return _by_keys(watch)


def _hindrance(rules: Rules, situation: Situation, timing: Timing, number: int, sticky: bool) -> str | None:
    """What keeps an entry from firing whatever its keys say."""
    said = rules.decorated.values
    if situation.replies < said.get("activate_only_after", 0):
        return f"@@activate_only_after {said['activate_only_after']}: only {situation.replies} replies so far"
    if situation.replies % said.get("activate_only_every", 1):
        return f"@@activate_only_every {said['activate_only_every']}: {situation.replies} replies so far"
    if situation.greeting is not None and said.get("is_greeting", situation.greeting) != situation.greeting:
        return f"@@is_greeting {said['is_greeting']}: another greeting is in use"
    if situation.user_icon is not None and said.get("is_user_icon", situation.user_icon) != situation.user_icon:
        return f"@@is_user_icon {said['is_user_icon']}: another icon is in use"
    if situation.context_full and "ignore_on_max_context" in said:
        return "@@ignore_on_max_context: the context is full"
    if situation.messages < rules.delay:
        return f"delay: waits for {rules.delay} messages"
    if situation.messages < timing.cooldown_until and not sticky:
        return f"cooldown until message {timing.cooldown_until}"
    if number < rules.recursion_level:
        return f"delayed until recursion {rules.recursion_level}"
    return None


def _by_keys(watch: Watch) -> tuple[bool, str]:
    rules = watch.rules
    if watch.excluded is not None:
        return False, f"excluded by {watch.excluded!r}"
    if rules.constant:
        return True, "constant"
    if not watch.found:
        return False, "invalid regex" if rules.faults and len(rules.faults) == len(rules.keys) else "no key found"
    if len(watch.additional) < len(rules.additional):
        return False, "additional key missing"
    if rules.secondary:
        every, some = {key.key for key in rules.secondary} == watch.secondary, bool(watch.secondary)
        if not {"any": some, "all": every, "not_all": not every, "not_any": not some}[rules.logic]:
            return False, "secondary key missing" if rules.logic in ("any", "all") else "secondary key present"
    return True, "key found"


def _roll(rules: Rules, situation: Situation, seed: int) -> bool:
    """The die of an entry; every entry has its own, so that one entry's chance does not move another's."""
    if rules.probability >= 100:
        return True
    return random.Random(f"{seed}:{situation.messages}:{rules.index}").random() * 100 < rules.probability


def _outcome(watches: list[Watch], situation: Situation, state: LoreState) -> Activation:
    chosen = sorted((w for w in watches if w.active), key=lambda w: (w.rules.entry.insertion_order, w.rules.index))
    timings = dict(state.timings)
    for watch in chosen:
        timings[watch.rules.index] = _next_timing(watch, timings.get(watch.rules.index, Timing()), situation)
    return Activation(
        insertions=tuple(_insertion(watch, situation) for watch in chosen if watch.content),
        trace=tuple(_decision(watch, situation) for watch in watches),
        state=LoreState(timings),
        disabled_prompts=frozenset(
            name for watch in chosen for name in watch.rules.decorated.values.get("disable_ui_prompt", ())
        ),
    )


def _next_timing(watch: Watch, before: Timing, situation: Situation) -> Timing:
    if watch.reason == "sticky":
        return dataclasses.replace(before, fired=before.fired + 1)
    rules, now = watch.rules, situation.messages
    until = now + rules.sticky if rules.sticky else 0
    return Timing(before.fired + 1, until, now + rules.sticky + rules.cooldown if rules.cooldown else 0)


def _depth(rules: Rules, situation: Situation) -> int:
    if rules.reverse_depth is not None:
        return max(0, situation.messages - rules.reverse_depth)
    return rules.depth


def _insertion(watch: Watch, situation: Situation) -> Insertion:
    rules = watch.rules
    return Insertion(
        watch.content,
        rules.where,
        rules.index,
        _depth(rules, situation),
        rules.role,
        watch.tokens,
        optional="ignore_on_max_context" in rules.decorated.values,
    )


def _decision(watch: Watch, situation: Situation) -> Decision:
    rules = watch.rules
    key, text = next(iter(watch.found.items()), (None, None))
    notes = [f"ignored {line}" for line in rules.decorated.ignored] + list(rules.faults)
    if watch.active and not watch.content:
        notes.append("nothing to insert: the content is empty")
    return Decision(
        entry=rules.index,
        label=rules.label,
        fired=watch.active,
        reason=watch.reason,
        key=key,
        message=text.message if text else None,
        woken_by=text.entry if text else None,
        recursion=watch.round,
        tokens=watch.tokens,
        where=rules.where if watch.active else None,
        depth=_depth(rules, situation) if watch.active and rules.where == "depth" else None,
        role=rules.role if watch.active else None,
        notes=tuple(notes),
    )
