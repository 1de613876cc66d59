"""The llama.cpp server in this process: one per set of parameters, started at first use, behind a private socket.

The server listens on a Unix socket in a folder only this user can open; there is no network port.

**Why one call at a time is the default.** A number computed by llama.cpp depends a little on how many rows are
computed with it: what else runs, and how much of the prompt is cached. With its defaults the log-probability of one
and the same token moved by up to 0.35 nats. Without flash attention and with 32-bit keys and values, single tokens no
longer moved in our probe, but batching and free prefix reuse still changed 17 to 33 of 200 sampled texts of 40 tokens.
So with `parallel=1` calls run one after the other, and every prompt is read in the same pieces, whatever was read
before (`_slots.py`); nothing moved any more. With `parallel` > 1 calls are batched, and texts may differ between runs.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from personae.errors import BadResponse, FormatError, MissingExtra, ModelError, ModelUnreachable
from personae.models._slots import Pieces, Slots
from personae.models.gguf_file import read_header

SLOTS = 4  #: with parallel=1: how many talks stay read at a time


class ServerKey(NamedTuple):
    """What makes two servers the same one."""

    path: Path
    context: int
    parallel: int
    threads: int


class LlamaServer:
    """A running server. Use `LlamaServer.shared`; `release` it when done, the last one out stops it."""

    def __init__(self, key: ServerKey) -> None:
        self.key = key
        self.users = 0
        self._slots = Slots(SLOTS)
        self.header = read_header(key.path)
        self.pool = ThreadPoolExecutor(key.parallel, thread_name_prefix="llama")
        self._folder = Path(tempfile.mkdtemp(prefix="personae-"))
        self._address = str(self._folder / "llama.sock")
        self._native = _start(key, self._address)

    @classmethod
    def shared(cls, key: ServerKey) -> LlamaServer:
        """The server for this key, started if there is none yet."""
        with _LOCK:
            if key not in _SERVERS:
                _SERVERS[key] = cls(key)
            _SERVERS[key].users += 1
            return _SERVERS[key]

    def release(self) -> None:
        """Give the server back; when nobody uses it any more it stops and frees its memory."""
        with _LOCK:
            self.users -= 1
            if self.users == 0:
                _SERVERS.pop(self.key, None)
                self.stop()

    def stop(self) -> None:
        """Wait for calls under way, stop, and remove the socket."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self._native = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def prepare(self, pieces: Pieces, timeout_s: float) -> dict[str, Any]:
        """Read the prompt up to its last cut, as far as no slot holds it; the request fields that go on from there.

        Each piece is read together with one token that does not follow it. So the slot is cut back to exactly the
        piece's end by the next request, whatever it held beyond.
        """
        if self.key.parallel > 1:
            return {"cache_prompt": True}
        slot, shared = self._slots.take(pieces)
        kept = shared > 0
        try:
            for cut in [cut for cut in pieces.cuts if cut >= shared]:
                prompt = [*pieces.tokens[:cut], pieces.other_than_next(cut)]
                body = {"prompt": prompt, "n_predict": 1, "temperature": 0, "id_slot": slot, "cache_prompt": kept}
                self.post("/completion", body, timeout_s)
                kept = True
        except ModelError:
            self._slots.forget(slot)
            raise
        return {"id_slot": slot, "cache_prompt": kept}

    def post(self, path: str, body: dict[str, Any], timeout_s: float = 120.0) -> Any:
        """The server's JSON answer. Blocks; call it from `pool`."""
        with self._response(path, body, timeout_s) as response:
            return _json(response.read(), path)

    def events(self, path: str, body: dict[str, Any], timeout_s: float = 120.0) -> Generator[Any, None, None]:
        """Streamed JSON objects, one by one. Closing the iterator early ends the generation."""
        with self._response(path, body, timeout_s) as response:
            for line in response:
                if line.startswith(b"data: ") and line.strip() != b"data: [DONE]":
                    yield _json(line[6:], path)

    @contextlib.contextmanager
    def _response(self, path: str, body: dict[str, Any], timeout_s: float) -> Iterator[http.client.HTTPResponse]:
        connection = _UnixConnection(self._address, timeout_s)
        try:
            connection.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                message = response.read(2000).decode("utf-8", "replace")
                raise BadResponse(f"the embedded server answered {path!r} with {response.status}: {message}")
            yield response
        except TimeoutError as error:
            raise ModelUnreachable(
                f"the embedded model gave no answer within {timeout_s:g} s; raise `timeout_s` or lower `max_tokens`"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise ModelUnreachable(f"the embedded server is gone ({error}); open the model again") from error
        finally:
            connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)


def _start(key: ServerKey, address: str) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise MissingExtra("embedded", "xllamacpp") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(key.path)
    params.hostnames = [address]
    params.port = 0
    params.ui = False
    params.warmup = False
    params.verbosity = -1
    params.prefill_assistant = False
    slots = SLOTS if key.parallel == 1 else key.parallel
    params.n_ctx = key.context * slots
    params.n_parallel = slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = key.threads
    # The next lines are what reproducibility rests on; see the module's docstring.
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.kv_unified = False
    params.cache_ram_mib = 0
    params.cache_idle_slots = False
    params.no_extra_bufts = True
    try:
        return xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise FormatError(f"llama.cpp cannot load {str(key.path)!r}: {error}") from error


def _json(data: bytes, path: str) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise BadResponse(f"the embedded server answered {path!r} with broken JSON: {data[:200]!r}") from error


_LOCK = threading.Lock()
_SERVERS: dict[ServerKey, LlamaServer] = {}


@atexit.register
def _stop_all() -> None:
    for server in list(_SERVERS.values()):
        server.stop()
    _SERVERS.clear()
