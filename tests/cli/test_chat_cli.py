"""`personae chat`, driven through a pipe with a scripted model."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from personae.agent.transcript import read
from personae.cli.chat import chat
from personae.errors import ModelUnreachable
from personae.memory.long_term import LongTerm
from personae.memory.store import StoreError, open_store
from personae.memory.turns import Scope
from personae.models.scripted import Scripted
from personae.types import Completion, Message, Settings

PERSONA = """\
personae: 1
name: Ana
statements:
  - {id: work, text: I keep the maps of Lisbon., kind: work}
greetings: ["Boa tarde, {{user}}.", "Bom dia."]
lorebook:
  entries:
    - {keys: [fog], content: The fog makes Ana sad., name: weather}
"""

Chat = Callable[..., Result]


@pytest.fixture
def model() -> Scripted:
    return Scripted(["First reply.", "Second reply.", "Third reply."])


@pytest.fixture
def run(tmp_path: Path, model: Scripted, monkeypatch: pytest.MonkeyPatch) -> Chat:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("personae.models.registry.open_model", lambda spec, **options: model)
    Path("ana.yaml").write_text(PERSONA, "utf-8")

    def run_chat(*lines: str, options: Sequence[str] = ()) -> Result:
        arguments = ["ana.yaml", "--user", "Rui", "--transcript", "talk.jsonl", *options]
        return CliRunner().invoke(chat, arguments, input="".join(f"{line}\n" for line in lines))

    return run_chat


def said(path: str = "talk.jsonl") -> list[str]:
    return [message.content for message in read(path)]


def test_a_talk_opens_with_the_greeting_and_ends_with_the_input(run: Chat) -> None:
    result = run("Hello")
    assert result.exit_code == 0, result.output
    assert "Ana: Boa tarde, Rui." in result.stdout
    assert "Ana: First reply." in result.stdout
    assert said() == ["Boa tarde, Rui.", "Hello", "First reply."]


def test_another_greeting_or_none_can_be_asked_for(run: Chat) -> None:
    run(options=["--greeting", "1"])
    assert said() == ["Bom dia."]
    Path("talk.jsonl").unlink()
    run(options=["--greeting", "-1"])
    assert said() == []
    Path("talk.jsonl").unlink()
    assert "0 to 1" in str(run(options=["--greeting", "5"]).exception)
    assert not Path("talk.jsonl").exists()


def test_a_talk_is_not_mixed_into_the_file_of_another(run: Chat) -> None:
    run("Hello")
    assert "--continue" in str(run("Hello").exception)
    assert said() == ["Boa tarde, Rui.", "Hello", "First reply."]


def test_undo_takes_the_line_and_its_reply_back(run: Chat) -> None:
    result = run("Hello", "More", "/undo")
    assert "taken back: 'More'" in result.stderr
    assert said() == ["Boa tarde, Rui.", "Hello", "First reply."]


def test_retry_asks_again_with_the_next_seed(run: Chat, model: Scripted) -> None:
    run("Hello", "/retry", "/retry", options=["--seed", "5"])
    assert said() == ["Boa tarde, Rui.", "Hello", "Third reply."]
    assert [call.settings.seed for call in model.history if call.settings] == [5, 6, 7]


def test_undo_and_why_before_anything_was_said_explain_themselves(run: Chat) -> None:
    result = run("/undo", "/why", "/dance", "/save")
    assert result.exit_code == 0
    for part in ("nothing to take back", "nothing to explain", "'/dance'", "/save needs a path"):
        assert part in result.stderr


def test_why_shows_sections_lore_and_cost(run: Chat) -> None:
    result = run("The fog again", "/why")
    for part in ("instructions", "persona", "weather", "'fog'", "prompt", "reply", " s, answered"):
        assert part in result.stderr
    assert "instructions" not in result.stdout


def test_help_lists_the_commands(run: Chat) -> None:
    result = run("/help")
    assert all(word in result.stderr for word in ("/why", "/undo", "/retry", "/save", "/quit"))


def test_save_writes_the_talk_and_continue_resumes_it(run: Chat, model: Scripted) -> None:
    run("Hello", "More", "/undo", "/save saved.jsonl", "/quit", "never read")
    assert said("saved.jsonl") == ["Boa tarde, Rui.", "Hello", "First reply."]
    Path("talk.jsonl").unlink()
    result = run("Again", options=["--continue", "saved.jsonl"])
    assert "3 messages so far" in result.stderr
    assert said() == [*said("saved.jsonl"), "Again", "Third reply."]
    assert [message.content for message in model.history[-1].messages[1:]][:3] == said("saved.jsonl")


def test_continue_appends_to_the_same_file_by_default(run: Chat, tmp_path: Path) -> None:
    run("Hello")
    CliRunner().invoke(chat, ["ana.yaml", "--continue", "talk.jsonl"], input="More\n")
    assert said() == ["Boa tarde, Rui.", "Hello", "First reply.", "More", "Second reply."]


def test_without_a_path_the_transcript_lies_below_runs(run: Chat) -> None:
    CliRunner().invoke(chat, ["ana.yaml"], input="Hello\n")
    (path,) = Path("runs/chats").glob("ana-*.jsonl")
    assert len(read(path)) == 3
    start = json.loads(path.read_text("utf-8").splitlines()[0])
    assert start["persona"] == "Ana"
    assert len(start["hash"]) == 64


def test_a_model_error_is_one_line_and_the_talk_goes_on(run: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Scripted([ModelUnreachable("the server is down; start it"), Completion(""), "Back."])
    monkeypatch.setattr("personae.models.registry.open_model", lambda spec, **options: model)
    result = run("One", "Two", "Three")
    assert result.exit_code == 0
    assert "the server is down; start it" in result.stderr
    assert "gave no answer (empty)" in result.stderr
    assert "Traceback" not in result.output
    assert said() == ["Boa tarde, Rui.", "Three", "Back."]


def test_a_full_disk_under_the_memory_is_one_line_and_the_talk_goes_on(
    run: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, failing = LongTerm.keep, iter([StoreError("the disk is full"), None])

    async def kept(memory: LongTerm, message: Message) -> None:
        if (error := next(failing)) is not None:
            raise error
        await keep(memory, message)

    monkeypatch.setattr(LongTerm, "keep", kept)
    result = run("One", "Two", options=["--memory", "memory.db"])
    assert result.exit_code == 0, result.output
    assert "the disk is full" in result.stderr
    assert said() == ["Boa tarde, Rui.", "Two", "Second reply."]
    with closing(open_store("memory.db")) as store:
        assert [turn.text for turn in store.turns(Scope("Ana", "Rui"))] == said()


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_talk_never_takes_the_place_of_another_in_the_memory(run: Chat, goes_on: bool) -> None:
    assert run("The boat went to Marta.", options=["--memory", "memory.db"]).exit_code == 0
    Path("talk.jsonl").unlink()
    if goes_on:
        assert run("I like rain.").exit_code == 0
    result = run("Hm.", options=["--memory", "memory.db", *(["--continue", "talk.jsonl"] if goes_on else [])])
    assert "holds another talk called 'talk'" in str(result.exception)
    with closing(open_store("memory.db")) as store:
        assert "The boat went to Marta." in [turn.text for turn in store.turns(Scope("Ana", "Rui"))]


def test_a_talk_that_goes_on_is_the_same_in_the_memory(run: Chat) -> None:
    for options in ([], ["--continue", "talk.jsonl"]):
        assert run("The boat went to Marta.", options=["--memory", "memory.db", *options]).exit_code == 0
    with closing(open_store("memory.db")) as store:
        assert [turn.text for turn in store.turns(Scope("Ana", "Rui", "talk"))] == said()


def test_a_memory_without_a_name_is_an_error(run: Chat) -> None:
    assert run("One", options=["--memory", ""]).exit_code != 0


class Interrupted(Scripted):
    """Speaks some words, then Ctrl-C is pressed; later answers come whole."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(["Whole answer."])
        self.words: list[str] | None = list(words)
        self.closed = False

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        if self.words is None:
            yield (await self.generate(messages, settings)).text
            return
        words, self.words = self.words, None
        for word in words:
            yield word
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
        yield "never"

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def ctrl_c_heard() -> Iterator[None]:
    """SIGINT as in a terminal; what is started in the background inherits it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_heard")
@pytest.mark.parametrize(
    ("words", "kept"),
    [(["I was ", "going"], ["Hello", "I was going", "Again", "Whole answer."]), ([], ["Again", "Whole answer."])],
)
def test_ctrl_c_stops_the_reply_and_keeps_the_talk(
    run: Chat, monkeypatch: pytest.MonkeyPatch, words: list[str], kept: list[str]
) -> None:
    model = Interrupted(words)
    monkeypatch.setattr("personae.models.registry.open_model", lambda spec, **options: model)
    result = run("Hello", "Again")
    assert result.exit_code == 0, result.output
    assert "stopped" in result.stderr
    assert said() == ["Boa tarde, Rui.", *kept]
    assert model.closed


def test_ctrl_c_at_the_prompt_ends_the_talk(run: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(prompt: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("personae.cli.talk._ask", pressed)
    result = run()
    assert result.exit_code == 0
    assert "--continue" in result.stderr


def test_escape_codes_of_a_card_do_not_reach_the_terminal(run: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Scripted(["red \x1b[31malert\x1b[0m"])
    monkeypatch.setattr("personae.models.registry.open_model", lambda spec, **options: model)
    result = run("Hello", "/why")
    assert "\x1b[31m" not in result.output


def test_the_address_of_a_server_reaches_the_model(run: Chat, model: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(
        "personae.models.registry.open_model", lambda spec, **options: asked.update(spec=spec, **options) or model
    )
    assert run("Hello", options=("--model", "http/some", "--base-url", "http://127.0.0.1:1/v1")).exit_code == 0
    assert asked == {"spec": "http/some", "base_url": "http://127.0.0.1:1/v1"}
