"""The talk behind `personae chat`: lines in, replies out, commands in between.

The persona speaks on stdout, everything else goes to stderr.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from personae.agent import Agent, Turn
from personae.agent.prompting import called, opening
from personae.agent.transcript import Transcript, read, save
from personae.cli.why import why
from personae.errors import ModelError, PersonaeError, UsageError
from personae.memory.store import StoreError
from personae.types import Conversation, Message

HELP = """\
/why         what the model read for the last reply: sections, lore, memories, tokens, seconds
/retry       take the last reply back and ask again with the next seed
/undo        take your last line and the reply to it back
/save PATH   write the talk without what was undone
/help        this list
/quit        end the talk (also Ctrl-D)"""


class Talk:
    """A talk with one agent, written to a transcript line by line. Use as a context manager: it closes the model."""

    def __init__(self, agent: Agent, path: Path) -> None:
        self.agent = agent
        self.transcript = Transcript(path)
        self.conversation = Conversation()
        self.last: Turn | None = None
        self.retries = 0
        self._runner = asyncio.Runner()
        self._name = called(agent.persona)

    def __enter__(self) -> Talk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._settle()
        close = getattr(self.agent.model, "close", None)
        if close is not None:
            closed = close()
            if inspect.isawaitable(closed):
                self._runner.run(_finish(closed))
        self._runner.close()

    def begin(self, *, resume: Path | None, greeting: int) -> None:
        """Open the transcript and say the first line, or go on where a transcript ends.

        Raises UsageError if the transcript already holds another talk, or there is no such greeting.
        """
        same = resume is not None and resume.resolve() == self.transcript.path.resolve()
        if not same and self.transcript.path.exists():
            raise UsageError(
                f"{str(self.transcript.path)!r} already holds a talk; go on with it by --continue, or name another file"
            )
        first: tuple[Message, ...] = ()
        if resume is not None:
            first = read(resume).messages
        elif greeting > 0 or (greeting == 0 and self.agent.persona.greetings):
            first = (opening(self.agent.persona, greeting, user=self.agent.user, seed=self.agent.seed),)
        self.transcript.start(**self._facts())
        self.conversation = Conversation(first)
        for message in () if same else first:
            self.transcript.add(message)
        _say(f"{self._name} · {self.agent.model.name} · {self.transcript.path} · /help")
        if resume is not None:
            _say(f"{len(first)} messages so far")
        for message in first[-2:]:
            self._show(message)

    def go_on(self) -> None:
        """Read lines until the talk ends."""
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        while True:
            try:
                line = _ask(f"{self.agent.user}: ")
            except (EOFError, KeyboardInterrupt, click.Abort):
                _say("")
                break
            if line.strip() in ("/quit", "/exit", "/q"):
                break
            try:
                self._handle(line.strip())
            except (UsageError, OSError, StoreError) as error:
                _say(f"{error}", red=True)
        _say(f"The talk is in {self.transcript.path}; go on with --continue {self.transcript.path}")

    def _handle(self, line: str) -> None:
        if not line:
            return
        if not line.startswith("/"):
            self.retries = 0
            self._turn(Message("user", line, name=self.agent.user))
            return
        word, _, argument = line.partition(" ")
        commands: dict[str, Callable[[str], None]] = {
            "/why": self._why,
            "/retry": self._retry,
            "/undo": self._undo,
            "/save": self._save,
            "/help": lambda _: _say(HELP),
        }
        if word not in commands:
            raise UsageError(f"there is no command {word!r}; /help lists them")
        commands[word](argument.strip())

    def _turn(self, message: Message) -> None:
        """Ask and answer. What was said before a stop is kept; if nothing was said, the line is taken back."""
        before, heard = self.conversation, list[str]()
        self._add(message)
        self._out(f"{self._name}: ")
        agent = dataclasses.replace(self.agent, settings=self._settings())

        def hear(piece: str) -> None:
            heard.append(piece)
            self._out(piece)

        try:
            turn = self._runner.run(agent.reply(self.conversation, hear))
        except KeyboardInterrupt:
            self._stopped(before, "".join(heard).strip())
            return
        except ModelError as error:
            self._take_back(before)
            self._out("\n")
            _say(f"{error}", red=True)
            return
        except PersonaeError:
            self._take_back(before)
            self._out("\n")
            raise
        self._out("\n")
        self.last = turn
        outcome = turn.completion.outcome
        if outcome in ("empty", "refused"):
            self._take_back(before)
            _say(f"The model gave no answer ({outcome}); your line was taken back. Use other words.", red=True)
            return
        self._add(turn.message)
        if outcome == "truncated":
            _say("(cut off at --max-tokens)")

    def _stopped(self, before: Conversation, said: str) -> None:
        self._out("\n")
        if said:
            self._add(Message("assistant", said, name=self.agent.persona.name))
            _say("(stopped; Ctrl-C again ends the talk)")
        else:
            self._take_back(before)
            _say("(stopped before a word was said; your line was taken back. Ctrl-C again ends the talk)")

    def _settings(self) -> Any:
        settings = self.agent.settings
        return dataclasses.replace(settings, seed=(settings.seed or 0) + self.retries)

    def _why(self, _: str) -> None:
        if self.last is None:
            raise UsageError("nothing to explain yet: no reply was made in this talk")
        why(self.last)

    def _retry(self, _: str) -> None:
        line = self._last_line()
        self._take_back(Conversation(self.conversation.messages[:line]))
        self.retries += 1
        self._turn(self._undone)

    def _undo(self, _: str) -> None:
        line = self._last_line()
        self._take_back(Conversation(self.conversation.messages[:line]))
        _say(f"taken back: {self._undone.content!r}")

    def _save(self, path: str) -> None:
        if not path:
            raise UsageError("/save needs a path, as in: /save talk.jsonl")
        save(self.conversation, path, **self._facts())
        _say(f"saved {len(self.conversation)} messages to {path}")

    def _last_line(self) -> int:
        """Where the user's last line stands; remembered as `_undone`."""
        for number in range(len(self.conversation) - 1, -1, -1):
            if self.conversation[number].role == "user":
                self._undone = self.conversation[number]
                return number
        raise UsageError("there is nothing to take back yet")

    def _add(self, message: Message) -> None:
        self.conversation += message
        self.transcript.add(message)

    def _take_back(self, before: Conversation) -> None:
        self.transcript.undo(len(self.conversation) - len(before))
        self.conversation = before

    def _settle(self) -> None:
        """Let the memory forget what was taken back, and keep what was said but not answered."""
        settle = getattr(self.agent.memory, "settle", None)
        if settle is not None:
            self._runner.run(settle(self.conversation))

    def _facts(self) -> dict[str, Any]:
        agent = self.agent
        return {
            "persona": agent.persona.name,
            "hash": agent.persona.content_hash,
            "model": agent.model.name,
            "user": agent.user,
            "settings": dataclasses.asdict(agent.settings),
        }

    def _show(self, message: Message) -> None:
        self._out(f"{self._name if message.role == 'assistant' else self.agent.user}: {message.content}\n")

    def _out(self, text: str) -> None:
        click.echo(harmless(text), nl=False)


async def _finish(work: Any) -> None:
    await work


def harmless(text: str) -> str:
    r"""The text without control characters: a card or a model must not steer the terminal.

    >>> harmless("red \x1b[31malert\x1b[0m")
    'red [31malert[0m'
    """
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())


def _say(text: str, *, red: bool = False) -> None:
    click.secho(harmless(text), err=True, fg="red" if red else None, dim=not red)


def _ask(prompt: str) -> str:
    """One line from the user; from a pipe, without a prompt. Raises EOFError at the end."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  (line editing and history, where the system has it)
        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
