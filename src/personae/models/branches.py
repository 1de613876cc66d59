"""Continuations of one prompt side by side: fork, say a token in each, and go on with one of them.

What `mixes` is for several prompts, this is for several futures. `HfModel` reads the branches as one batch, `Embedded`
one after the other (from its 1,000 likeliest tokens, see `_embedded_worlds.py`). What is done with them is the
caller's, who gets them in the model's own thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from personae.errors import UsageError
from personae.models.cache import Cached
from personae.models.ledger import Metered
from personae.models.mixes import Vocabulary
from personae.types import Completion, Message, Model, Settings


class Branches(Protocol):
    """Rows of tokens that follow one prompt; there is one row at first, and again after `keep`."""

    vocabulary: Vocabulary
    read: int
    """Tokens of the prompt."""

    def logprobs(self) -> list[Any]:
        """The natural-log probabilities of each row's next token, shape (tokens,); None for a row that was left."""
        ...

    def fork(self, n: int) -> None:
        """The one row becomes n."""
        ...

    def add(self, tokens: Sequence[int | None]) -> None:
        """One more token in every row; None leaves the row as it is, for good."""
        ...

    def keep(self, row: int, length: int) -> None:
        """Go on with this row alone, with the first `length` of the tokens it got since the fork."""
        ...

    def text(self, tokens: Sequence[int]) -> str:
        """These tokens as the answer's text."""
        ...


Walk = Callable[[Branches], Completion]


def has_branches(model: Model) -> bool:
    """Whether a model can be walked so; a cache or a ledger around it passes the ability on."""
    while isinstance(model, Cached | Metered):
        model = model.model
    return hasattr(model, "step_worlds")


async def walk_branches(model: Model, messages: Sequence[Message], settings: Settings, walk: Walk) -> Completion:
    """What `walk` makes of the branches that follow these messages. Raises UsageError for a model without any.

    A ledger counts it by the completion's usage; a cache does not remember it, for a walk has no name to keep it by.
    """
    if isinstance(model, Metered):
        inner = walk_branches(model.model, messages, settings, walk)
        return await model._enter("walk_branches", messages, inner)
    if isinstance(model, Cached):
        return await walk_branches(model.model, messages, settings, walk)
    inside: Any = model
    if hasattr(model, "step_many"):
        return await _in_torch(inside, messages, walk)
    if hasattr(model, "step_worlds"):
        return await _on_server(inside, messages, settings, walk)
    raise UsageError(f"{model.name!r} does not show what it might say next; open 'hf/…' or 'embedded'")


async def _in_torch(model: Any, messages: Sequence[Message], walk: Walk) -> Completion:
    def run() -> Completion:
        from personae.models import _worlds

        in_torch: Any = _worlds
        network, tokenizer = model.loaded
        prompt = model._fitting(model._tokens(model._render(messages)), room=1)
        with in_torch.torch.inference_mode():
            return walk(_Batch(in_torch.Rows(network, [tuple(prompt)]), model.vocabulary, tokenizer, len(prompt)))

    completion: Completion = await model._in_thread(run)
    return completion


class _Batch:
    """Branches as rows of one batch. Rows that were left go on with token 0, unread, until one row is kept."""

    def __init__(self, rows: Any, vocabulary: Vocabulary, tokenizer: Any, read: int) -> None:
        self.rows, self.vocabulary, self.tokenizer, self.read = rows, vocabulary, tokenizer, read
        self._left: set[int] = set()
        self._trail: list[Any] = []  # the logits after the fork and after every token since

    def logprobs(self) -> list[Any]:
        return [None if row in self._left else one for row, one in enumerate(self.rows.logprobs())]

    def fork(self, n: int) -> None:
        self.rows.keep([0] * n)
        self.rows.logits = self.rows.logits[[0] * n]
        self._trail = [self.rows.logits]

    def add(self, tokens: Sequence[int | None]) -> None:
        self._left |= {row for row, token in enumerate(tokens) if token is None}
        self.rows.add([token or 0 for token in tokens])
        if self._trail:
            self._trail.append(self.rows.logits)

    def keep(self, row: int, length: int) -> None:
        spare = len(self._trail) - 1 - length
        self.rows.logits = self._trail[length][[row]]
        self.rows.keep([row])
        if spare:
            self.rows.cache.crop(-spare)
            self.rows.mask = self.rows.mask[:, :-spare]
            self.rows.places = self.rows.places[:, -1:] - spare
        self._left, self._trail = set(), []

    def text(self, tokens: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(tokens), skip_special_tokens=True))


async def _on_server(model: Any, messages: Sequence[Message], settings: Settings, walk: Walk) -> Completion:
    from personae.models.embedded import _render, _tokens

    if model._key.parallel > 1:
        raise UsageError("branches are read one call at a time; open the embedded model with parallel=1")

    def run(server: Any) -> Completion:
        prompt = model._fitting(_tokens(server, _render(server, messages), special=True), settings.max_tokens)
        return walk(_InTurn(server, model._pieces(server, messages, prompt), settings.timeout_s))

    completion: Completion = await model._in_thread(run)
    return completion


class _InTurn:
    """Branches read one after the other: the server goes back to where they part and reads on from there."""

    def __init__(self, server: Any, prompt: Any, timeout_s: float) -> None:
        from personae.models import _embedded_worlds

        self.server, self.prompt, self.slot = server, prompt, server.prepare(prompt, timeout_s)
        self.vocabulary, self.read = _embedded_worlds.vocabulary_of(server.header), len(prompt.tokens)
        self._top_next, self._full = _embedded_worlds.top_next, _embedded_worlds.with_floor
        self._said: list[int] = []
        self._rows: list[list[int]] = [[]]
        self._left: set[int] = set()

    def logprobs(self) -> list[Any]:
        return [None if row in self._left else self._next(said) for row, said in enumerate(self._rows)]

    def fork(self, n: int) -> None:
        self._said += self._rows[0]
        self._rows = [[] for _ in range(n)]

    def add(self, tokens: Sequence[int | None]) -> None:
        for row, token in enumerate(tokens):
            if token is None:
                self._left.add(row)
            else:
                self._rows[row].append(token)

    def keep(self, row: int, length: int) -> None:
        self._said += self._rows[row][:length]
        self._rows, self._left = [[]], set()

    def _next(self, said: Sequence[int]) -> Any:
        tokens = [*self.prompt.tokens, *self._said, *said]
        top = self._top_next(self.server, tokens, self.slot, self.vocabulary)
        return self._full(top, len(self.vocabulary.pieces))

    def text(self, tokens: Sequence[int]) -> str:
        return str(self.server.post("/detokenize", {"tokens": list(tokens)})["content"])
