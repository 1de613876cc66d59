"""A played scene: every turn, why it was whose, what it cost, and how it ended. Plain data."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.models.ledger import Total
from personae.persona.formats.decode import parse_json
from personae.persona.formats.json_text import printable
from personae.simulate.scenes.grammar import balanced, visible
from personae.simulate.scenes.scene import END, Line, Note, Part, Scene
from personae.simulate.scenes.speakers import REGULAR, Choice
from personae.simulate.scenes.view import seen_by, watched
from personae.types import Conversation, Message, Outcome, Usage

FORMAT = 1
MAX_BYTES = 50 * MEGABYTE

#: How a scene ended: the policy ended it, or all rounds were played.
Ending = Literal["chosen", "rounds"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it went into the scene. `given` ones come from the script; refused and empty ones have no text.

    `removed` is an opening that nearly repeated an earlier one of the speaker.
    """

    speaker: str
    text: str
    outcome: Outcome = "answered"
    given: bool = False
    removed: str = ""

    @property
    def line(self) -> Line:
        """Speaker and text."""
        return Line(self.speaker, self.text)


@dataclass(frozen=True)
class Played:
    """A scene with what was made of it. `choices[i]` says why `turns[i]` was whose; a last one more ended the scene.

    `facts` are what the play depended on (cast, models, seeds …), `calls` the ledger by account: the names of the
    actors, "Environment" and "director".
    """

    scene: Scene
    turns: tuple[Turn, ...]
    choices: tuple[Choice, ...]
    ended: Ending
    facts: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, Total] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All turns as speaker and text, thoughts included."""
        return tuple(turn.line for turn in self.turns)

    @property
    def counts(self) -> dict[str, Any]:
        """What went wrong or was put right, by kind; empty where nothing was."""
        made = [turn for turn in self.turns if not turn.given]
        found = {
            "overruled": dict(Counter(choice.why for choice in self.choices if choice.why not in REGULAR)),
            "outcomes": dict(Counter(turn.outcome for turn in made)),
            "undelivered": sum(not visible(turn.text) for turn in self.turns),
            "unbalanced": sum(not balanced(turn.text) for turn in made),
            "openings removed": sum(bool(turn.removed) for turn in made),
        }
        return {key: value for key, value in found.items() if value}

    def conversation(self, name: str | None = None) -> Conversation:
        """The scene as a `Conversation`: what anybody could see, or with a `name` that actor's view, own thoughts kept.

        Without a name every message is a "user" message under its speaker's name; `Conversation.seen_by` turns it.
        """
        if name is not None:
            return seen_by(name, self.lines)
        shown = ((line.speaker, visible(line.text)) for line in self.lines)
        return Conversation(tuple(Message("user", text, name=speaker) for speaker, text in shown if text))

    def shown(self) -> str:
        """The visible scene as one text, as judges read it."""
        return "\n\n".join(watched(self.lines))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data. Equal plays give equal data: no times, only tokens and calls."""
        turns = [
            _sparse(dataclasses.asdict(turn))
            | {"why": choice.why}
            | ({"answer": choice.answer} if choice.answer else {})
            for turn, choice in zip(self.turns, self.choices, strict=False)
        ]
        last = self.choices[-1] if len(self.choices) > len(self.turns) and self.choices[-1].speaker == END else None
        return {
            "personae_scene": FORMAT,
            "scene": self.scene.to_dict(),
            "facts": dict(self.facts),
            "turns": turns,
            "ended": {"how": self.ended} | ({"why": last.why, "answer": last.answer} if last else {}),
            "counts": self.counts,
            "calls": {who: _account(total) for who, total in self.calls.items()},
        }

    def write(self, path: Path | str) -> None:
        """Write the JSON in one step."""
        write_atomic(path, printable(json.dumps(self.to_dict(), ensure_ascii=False, indent=1)) + "\n")


def load_played(path: Path | str) -> Played:
    """The played scene in a file that `Played.write` made; its notes are not in it. Raises FormatError for others."""
    source = Path(path)
    return played_from(parse_json(read_limited(source, MAX_BYTES), source.name), source.name)


def played_from(tree: Any, name: str = "scene") -> Played:
    """The played scene whose `to_dict` this is; `name` is what an error calls it. Raises FormatError for other data."""
    try:
        if tree["personae_scene"] != FORMAT:
            raise ValueError(tree["personae_scene"])
        turns, choices = [], []
        for entry in tree["turns"]:
            fields = dict(entry)
            choices.append(Choice(fields["speaker"], fields.pop("why"), fields.pop("answer", "")))
            turns.append(Turn(**fields))
        ended = tree["ended"]
        if "why" in ended:
            choices.append(Choice(END, ended["why"], ended.get("answer", "")))
        calls = {who: _total(account) for who, account in tree["calls"].items()}
        scene = scene_from(tree["scene"])
        return Played(scene, tuple(turns), tuple(choices), ended["how"], tree["facts"], calls)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"{name!r} is no played scene of format {FORMAT}: {error!s:.80}") from error


def scene_from(tree: Mapping[str, Any]) -> Scene:
    """The scene whose `to_dict` this is."""
    fields = dict(tree)
    made = {"parts": Part, "script": Line, "notes": Note}
    for key, kind in made.items():
        fields[key] = tuple(kind(**item) for item in fields.get(key, ()))
    fields["major"] = tuple(fields.get("major", ()))
    return Scene(**fields)


def difference(was: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """The first fact in which two plays differ, with both values; None where they are the same play."""
    key = next((key for key in {**was, **now} if was.get(key) != now.get(key)), None)
    if key is None:
        return None
    old, new = was.get(key), now.get(key)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return f"{key}: {difference(old, new)}"
    return f"{key} was {old!r:.60}, is now {new!r:.60}"


def _account(total: Total) -> dict[str, Any]:
    found = {
        "calls": total.calls,
        "hits": total.hits,
        "prompt_tokens": total.usage.prompt_tokens,
        "completion_tokens": total.usage.completion_tokens,
        "cached_tokens": total.usage.cached_tokens,
        "failures": dict(total.failures),
    }
    return {key: value for key, value in found.items() if value or key == "calls"}


def _total(account: Mapping[str, Any]) -> Total:
    usage = Usage(*(account.get(key, 0) for key in ("prompt_tokens", "completion_tokens", "cached_tokens")))
    return Total(account["calls"], account.get("hits", 0), usage, failures=dict(account.get("failures", {})))


def _sparse(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value or key in ("speaker", "text")}
