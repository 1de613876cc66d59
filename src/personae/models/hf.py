"""A causal language model in torch, by Hugging Face Transformers: from a folder, a GGUF file or a hub name.

Slower than the embedded server on a CPU, but open: whole logits now, hidden states where steering and tuning need
them. A GGUF file is turned back into 32-bit weights, so it is the reference the embedded server is checked against.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from personae.errors import ContextOverflow, FormatError, MissingExtra, ModelUnreachable, UsageError
from personae.models.embedded import harmless, option_text
from personae.models.gguf_file import fingerprint, read_header
from personae.models.mixes import Mix, Vocabulary
from personae.models.scoring import check_options
from personae.models.soft_prompt import read_soft_prompt
from personae.types import Completion, Message, OptionScores, Settings, Usage

try:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer
    from transformers.utils import logging
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "transformers") from error
_T = TypeVar("_T")


def torch_version() -> str:
    """Torch's own version string; that this module could be imported says that it works."""
    return str(torch.__version__)


class HfModel:
    """A Transformers model as ours. Loads at first use; calls run one after the other.

    source:  a folder with a saved model, a GGUF file, or a name on the model hub (which is then fetched).
    threads: CPU threads torch may use in this process.
    device:  where the weights live, "cpu" or "cuda".
    soft_prompt: a folder with a soft prompt (`personae.models.soft_prompt`), read before every prompt.

    Raises `UsageError` when there is no such model, `FormatError` for a damaged file, `ContextOverflow` for a prompt
    that does not fit, `ModelUnreachable` for a time-out. Code that comes with a model is never run.
    """

    def __init__(
        self, source: Path | str, *, threads: int = 2, device: str = "cpu", soft_prompt: Path | str | None = None
    ) -> None:
        self.soft_prompt = read_soft_prompt(soft_prompt) if soft_prompt is not None else None
        self.source = str(source)
        self.threads = threads
        self.device = device
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="torch")
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """ "hf/" and the folder's, file's or hub name; after a "+" that of the soft prompt with its checksum."""
        path = Path(self.source)
        tuned = f"+{self.soft_prompt.name}-{self.soft_prompt.checksum}" if self.soft_prompt else ""
        return f"hf/{path.stem if path.suffix == '.gguf' else path.name if path.exists() else self.source}{tuned}"

    @functools.cached_property
    def fingerprint(self) -> str | None:
        """Changes when the GGUF file is replaced by another; None for folders and hub names."""
        return fingerprint(self.source) if Path(self.source).is_file() else None

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The next assistant turn. Equal arguments (with a seed) give the same text."""
        return await self._in_thread(self._generate, messages, settings)

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The same text piece by piece; with stop strings it comes in one piece."""
        if settings.stop:
            yield (await self.generate(messages, settings)).text
            return
        await self._in_thread(lambda: self.loaded)
        streamer = TextIteratorStreamer(self.loaded[1], skip_prompt=True, skip_special_tokens=True)
        done = asyncio.ensure_future(self._in_thread(self._generate, messages, settings, streamer))
        done.add_done_callback(lambda _: streamer.end() if done.exception() else None)
        pieces = iter(streamer)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            if piece:
                yield piece
        await done

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """Exact log-probability of each option as the start of the next assistant turn.

        The prompt is read once; all options follow it in one batch. Rules for spaces as on the embedded model.
        """
        check_options(options)
        return await self._in_thread(self._score, messages, options)

    async def step_worlds(self, prompts: Sequence[Sequence[Message]], mix: Mix, settings: Settings) -> Completion:
        """The next assistant turn, every token taken from a mixture of these prompts (`personae.models.mixes`).

        Usage counts the tokens of all prompts read, and each said token once. Equal arguments give the same text.
        """
        return (await self.step_many([(prompts, mix)], settings))[0]

    async def step_many(
        self, asks: Sequence[tuple[Sequence[Sequence[Message]], Mix]], settings: Settings
    ) -> list[Completion]:
        """`step_worlds` for several (prompts, mix) at once: less time in all, but batched sums round differently."""
        return await self._in_thread(self._step, asks, settings)

    async def score_worlds(
        self, prompts: Sequence[Sequence[Message]], candidates: Sequence[str], mixes: Sequence[Mix]
    ) -> list[list[tuple[float, ...]]]:
        """For every mix and candidate, the log-probability of each of the candidate's tokens as the next turn.

        Rules for spaces as in `logprobs`. Raises `UsageError` without candidates or for an empty one.
        """
        return await self._in_thread(self._score_worlds, prompts, candidates, mixes)

    async def hidden_states(self, prompts: Sequence[Sequence[Message]]) -> Any:
        """What the network holds at the last token of each prompt, before it has said a word.

        float32 of shape (layers + 1, prompts, width): the embeddings first, then what each layer gives. Raises
        `UsageError` without prompts.
        """
        if not prompts:
            raise UsageError("no prompts; hidden states need at least one")
        return await self._in_thread(self._hidden, prompts)

    async def prompt_text(self, messages: Sequence[Message]) -> str:
        """The text the model really gets, by its own chat template, up to where its answer begins."""
        return await self._in_thread(self._render, messages)

    async def count_tokens(self, text: str) -> int:
        """How many tokens the model reads a plain text as, without chat marks."""
        return len(await self._in_thread(lambda: self._tokens(harmless(text, self._marks()))))

    @property
    def loaded(self) -> tuple[Any, Any]:
        """The torch module and its tokeniser, loaded once. For code that looks inside (hidden states, steering)."""
        with self._loading:
            return self._load

    async def close(self) -> None:
        """Forget the weights. The object loads them again when it is used again."""
        self.__dict__.pop("_load", None)
        self.__dict__.pop("vocabulary", None)

    async def _in_thread(self, call: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._tuned, call, *arguments)

    def _tuned(self, call: Callable[..., _T], *arguments: Any) -> _T:
        if self.soft_prompt is None:
            return call(*arguments)
        self.soft_prompt.check(self.loaded[0], self.fingerprint)
        with self.soft_prompt.on(self.loaded[0]):
            return call(*arguments)

    @functools.cached_property
    def _load(self) -> tuple[Any, Any]:
        torch.set_num_threads(self.threads)
        logging.disable_progress_bar()
        path = Path(self.source)
        where: dict[str, Any] = {"pretrained_model_name_or_path": self.source}
        if path.suffix == ".gguf" or path.is_file():
            read_header(path)
            where = {"pretrained_model_name_or_path": str(path.resolve().parent), "gguf_file": path.name}
        try:
            tokenizer = AutoTokenizer.from_pretrained(**where)
            network = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
        except OSError as error:
            raise UsageError(
                f"no model to load at {self.source!r}; give a folder, a GGUF file or a hub name"
            ) from error
        except (ValueError, KeyError) as error:
            raise FormatError(f"Transformers cannot load {self.source!r}: {error}") from error
        return network.to(self.device).eval(), tokenizer

    def _marks(self) -> frozenset[str]:
        return frozenset(self.loaded[1].all_special_tokens)

    def _render(self, messages: Sequence[Message]) -> str:
        if not messages:
            raise UsageError("no messages; a model needs at least one to answer")
        turns = [{"role": m.role, "content": harmless(m.content, self._marks())} for m in messages]
        return str(self.loaded[1].apply_chat_template(turns, add_generation_prompt=True, tokenize=False))

    def _tokens(self, text: str) -> list[int]:
        return list(self.loaded[1](text, add_special_tokens=False)["input_ids"])

    def _fitting(self, tokens: list[int], room: int) -> list[int]:
        """A prompt as the network reads it, with the soft prompt in front, if the model can read that much."""
        tokens = [*(self.soft_prompt.ids(self.loaded[0]) if self.soft_prompt else ()), *tokens]
        limit = getattr(self.loaded[0].config, "max_position_embeddings", None)
        if limit is not None and len(tokens) + room > limit:
            raise ContextOverflow(
                f"the prompt has {len(tokens)} tokens and needs {room} more for the answer, but {self.name!r} "
                f"reads {limit}; shorten it"
            )
        return tokens

    def _generate(self, messages: Sequence[Message], settings: Settings, streamer: Any = None) -> Completion:
        started = time.perf_counter()
        network, tokenizer = self.loaded
        prompt = self._fitting(self._tokens(self._render(messages)), room=1)
        ids = torch.tensor([prompt], device=self.device)
        devices = [self.device] if self.device != "cpu" else []
        with torch.inference_mode(), torch.random.fork_rng(devices=devices):
            if settings.seed is None:
                torch.seed()
            else:
                torch.manual_seed(settings.seed)
            output = network.generate(
                ids, attention_mask=torch.ones_like(ids), streamer=streamer, **_arguments(settings, tokenizer)
            )
        seconds = time.perf_counter() - started
        said = output[0, len(prompt) :].tolist()
        text = tokenizer.decode(said, skip_special_tokens=True)
        cut = min((at for stop in settings.stop if (at := text.find(stop)) >= 0), default=None)
        ended = cut is not None or bool(said and said[-1] in _ends(network))
        if not ended and len(said) < settings.max_tokens and seconds >= settings.timeout_s:
            raise ModelUnreachable(
                f"{self.name!r} gave no answer within {settings.timeout_s:g} s; raise `timeout_s` or lower `max_tokens`"
            )
        usage = Usage(len(prompt), len(said), 0, seconds)
        return Completion(text[:cut], usage, "stop" if ended else "length")

    def _hidden(self, prompts: Sequence[Sequence[Message]]) -> Any:
        found = []
        with torch.inference_mode():
            for messages in prompts:
                ids = torch.tensor([self._fitting(self._tokens(self._render(messages)), room=1)], device=self.device)
                states = self.loaded[0](ids, output_hidden_states=True, logits_to_keep=1).hidden_states
                found.append(torch.stack([state[0, -1].float() for state in states]).cpu().numpy())
        return np.stack(found, axis=1)

    def _step(self, asks: Sequence[tuple[Sequence[Sequence[Message]], Mix]], settings: Settings) -> list[Completion]:
        from personae.models import _worlds

        network, tokenizer = self.loaded
        decode = functools.partial(tokenizer.decode, skip_special_tokens=True)
        answers = []
        for prompts, mix in asks:
            worlds = [self._fitting(self._tokens(self._render(messages)), room=1) for messages in prompts]
            rng = np.random.default_rng(settings.seed)
            answers.append(_worlds.Answer(worlds, mix.begin(len(worlds), self.vocabulary), rng, decode))
        if not _worlds.speak(network, answers, settings, self.vocabulary.ends):
            raise ModelUnreachable(
                f"{self.name!r} gave no answer within {settings.timeout_s:g} s; raise `timeout_s` or lower `max_tokens`"
            )
        return [
            Completion(
                done.text, Usage(sum(map(len, done.worlds)), len(done.said), 0, done.seconds), done.stop or "length"
            )
            for done in answers
        ]

    def _score_worlds(
        self, prompts: Sequence[Sequence[Message]], candidates: Sequence[str], mixes: Sequence[Mix]
    ) -> list[list[tuple[float, ...]]]:
        from personae.models import _worlds

        if not candidates or not all(map(str.strip, candidates)):
            raise UsageError(f"worlds score non-empty candidates, got {list(candidates)!r}")
        texts = [self._render(messages) for messages in prompts]
        worlds = [self._tokens(text) for text in texts]
        rows = [self._option_tokens(texts[0], worlds[0], candidate) for candidate in candidates]
        read = [self._fitting(world, room=max(map(len, rows))) for world in worlds]
        return _worlds.score(self.loaded[0], read, rows, mixes, self.vocabulary)

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """The model's tokens, as a mix sees them."""
        network, tokenizer = self.loaded

        def read() -> tuple[str, ...]:
            """Each token's text as it stands after another one, for some tokenisers drop the first space."""
            before = self._tokens("a")[:1]
            size = network.get_input_embeddings().weight.shape[0]
            start = len(tokenizer.decode(before))
            texts = tokenizer.batch_decode([[*before, token] for token in range(size)], skip_special_tokens=True)
            return tuple(text[start:] for text in texts)

        def vectors() -> Any:
            return network.get_input_embeddings().weight.detach().float().cpu().numpy()

        return Vocabulary(read, frozenset(_ends(network)), vectors)

    def _score(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        started = time.perf_counter()
        network, _ = self.loaded
        text = self._render(messages)
        prompt = self._tokens(text)
        rows = [self._option_tokens(text, prompt, option) for option in options]
        longest = max(map(len, rows))
        prompt = self._fitting(prompt, room=longest)
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=self.device)
        with torch.inference_mode():
            first = network(torch.tensor([prompt], device=self.device), use_cache=True)
            cache = first.past_key_values
            cache.batch_repeat_interleave(len(rows))
            later = network(padded, past_key_values=cache).logits
            logits = torch.cat([first.logits[:, -1:].expand(len(rows), -1, -1), later[:, :-1]], dim=1)
            every = torch.log_softmax(logits.float(), dim=-1).gather(2, padded.unsqueeze(2)).squeeze(2)
        scores = tuple(min(0.0, float(every[index, : len(row)].sum())) for index, row in enumerate(rows))
        usage = Usage(len(prompt), sum(map(len, rows)), 0, time.perf_counter() - started)
        return OptionScores(scores, tuple(map(len, rows)), "exact", usage=usage)

    def _option_tokens(self, text: str, prompt: list[int], option: str) -> list[int]:
        said = option_text(text, harmless(option, self._marks()))
        joint = self._tokens(text + said)
        if joint[: len(prompt)] == prompt and len(joint) > len(prompt):
            return joint[len(prompt) :]
        return self._tokens(said)


def _arguments(settings: Settings, tokenizer: Any) -> dict[str, Any]:
    """Our settings in the words of `generate`. Only temperature and top-p shape the distribution."""
    arguments: dict[str, Any] = {
        "max_new_tokens": settings.max_tokens,
        "max_time": settings.timeout_s,
        "pad_token_id": tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
        "do_sample": settings.temperature > 0,
        "repetition_penalty": 1.0,  # else a model's own default would bend the distribution
    }
    if settings.temperature > 0:
        arguments |= {"temperature": settings.temperature, "top_p": settings.top_p, "top_k": 0}
    if settings.stop:
        arguments |= {"stop_strings": list(settings.stop), "tokenizer": tokenizer}
    return arguments


def _ends(network: Any) -> set[int]:
    ends = network.generation_config.eos_token_id
    return set(ends if isinstance(ends, list) else [ends])
