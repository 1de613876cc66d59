"""One base URL and how it is reached: a session per event loop, a connection limit, the key, and patience.

Knows HTTP; knows nothing of chat or of scores. A session ends with its event loop: it lives in an
asynchronous generator, which the loop closes when it shuts down.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

import aiohttp
import tenacity
from yarl import URL

from personae.errors import BadResponse, ModelError, ModelUnreachable, RateLimited, UsageError
from personae.models._http_errors import TryAgain, check_status, json_object

T = TypeVar("T")
FIRST_WAIT_S, LONGEST_WAIT_S, CONNECT_S = 0.5, 30.0, 15.0


@dataclass(slots=True)
class Traffic:
    """What went over the wire so far. `retries` are requests after a first one failed, `waited_s` the waits before."""

    requests: int = 0
    answers: int = 0
    retries: int = 0
    rate_limited: int = 0
    waited_s: float = 0.0


@dataclass(slots=True)
class _PerLoop:
    session: aiohttp.ClientSession
    lifetime: AsyncIterator[None]
    gates: dict[object, Any] = field(default_factory=dict)  # semaphores and locks


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _PerLoop] = WeakKeyDictionary()


async def _until_shutdown(loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession) -> AsyncIterator[None]:
    try:
        yield
    finally:
        _loops.pop(loop, None)
        await session.close()


async def _here() -> _PerLoop:
    """The session and the gates of the running event loop."""
    loop = asyncio.get_running_loop()
    here = _loops.get(loop)
    if here is None:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        here = _loops[loop] = _PerLoop(session, _until_shutdown(loop, session))
        await anext(here.lifetime)
    return here


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.org")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go. `connections` are open at most at a time per event loop; see `HttpModel` for the rest."""

    base_url: str
    key_names: Sequence[str]
    connections: int
    retries: int
    patience_s: float
    largest_answer: int
    key_over_http: bool = False
    rng: random.Random = field(default_factory=random.Random)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    traffic: Traffic = field(default_factory=Traffic)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            _ = parts.port
        except ValueError as error:
            raise UsageError(f"the base URL {self.base_url!r} cannot be read: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"the base URL {self.base_url!r} needs http:// or https:// and a host")
        if parts.username or parts.password:
            raise UsageError("the base URL holds a user name or password; set the key in the environment instead")
        if self.connections < 1:
            raise UsageError(f"connections must be at least 1, got {self.connections!r}")

    def url(self, path: str) -> str:
        """The full address of a route."""
        parts = urlsplit(self.base_url)
        return parts._replace(path=f"{parts.path.rstrip('/')}/{path}").geturl()

    async def post(self, path: str, payload: Mapping[str, Any], timeout_s: float) -> tuple[dict[str, Any], float]:
        """The JSON object answered, and the seconds of the attempt that succeeded. Raises a ModelError."""
        url, body = self.url(path), json.dumps(payload).encode()

        async def attempt() -> tuple[dict[str, Any], float]:
            start = time.perf_counter()
            with self._plain_errors(url, timeout_s):
                async with await self._open(url, body, timeout_s) as response:
                    raw = await self._read(response, url)
            return json_object(raw, url), time.perf_counter() - start

        async with self._gate(await _here()):
            return await self._retrying(attempt)

    async def lines(self, path: str, payload: Mapping[str, Any], timeout_s: float) -> AsyncIterator[bytes]:
        """The data of server-sent events, one by one. Tries again only before the first; then ModelUnreachable."""
        url, body = self.url(path), json.dumps(payload).encode()

        async def attempt() -> aiohttp.ClientResponse:
            with self._plain_errors(url, timeout_s):
                return await self._open(url, body, timeout_s)

        async with self._gate(await _here()), await self._retrying(attempt) as response:
            try:
                async for line in self._split(response, url):
                    yield line
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                raise ModelUnreachable(f"the stream from {url} broke off: {_words(error)}; ask again") from error

    async def _open(self, url: str, body: bytes, timeout_s: float) -> aiohttp.ClientResponse:
        """A successful answer, its body not yet read."""
        self.traffic.requests += 1
        response = await (await _here()).session.post(
            URL(url, encoded=True),
            data=body,
            headers=self._headers(),
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_S),
            allow_redirects=False,
            proxy=self._proxy(),
        )
        self.traffic.answers += 1
        if not 200 <= response.status < 300:
            async with response:
                raw = await self._read(response, url)
            check_status(response.status, response.headers, raw, url, self._key_words(), time.time())
        return response

    async def _read(self, response: aiohttp.ClientResponse, url: str) -> bytes:
        chunks, size = [], 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > self.largest_answer:
                response.close()
                raise BadResponse(f"{url} answered more than {self.largest_answer} bytes; the rest was not read")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _split(self, response: aiohttp.ClientResponse, url: str) -> AsyncIterator[bytes]:
        rest, size = b"", 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > self.largest_answer:
                response.close()
                raise BadResponse(f"{url} streamed more than {self.largest_answer} bytes; it was cut off")
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    yield line[5:].strip()
        if rest.startswith(b"data:"):
            yield rest[5:].strip()

    @contextmanager
    def _plain_errors(self, url: str, timeout_s: float) -> Iterator[None]:
        try:
            yield
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise _plain_error(error, url, timeout_s, reached=self.traffic.answers > 0) from error

    async def lock(self, name: str) -> asyncio.Lock:
        """One lock per name and event loop, to find something out once."""
        lock = (await _here()).gates.setdefault((self.base_url, name), asyncio.Lock())
        assert isinstance(lock, asyncio.Lock)
        return lock

    def _gate(self, here: _PerLoop) -> asyncio.Semaphore:
        gate = here.gates.get((self.base_url, self.connections))
        if gate is None:
            gate = here.gates[(self.base_url, self.connections)] = asyncio.Semaphore(self.connections)
        return gate

    async def _retrying(self, attempt: Callable[[], Awaitable[T]]) -> T:
        policy = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TryAgain),
            wait=self._wait,
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self.retries + 1), tenacity.stop_before_delay(self.patience_s)
            ),
            sleep=self.sleep,
            before_sleep=self._note,
            reraise=True,
        )
        start = time.monotonic()
        try:
            return await policy(attempt)
        except TryAgain as last:
            asked = f" and asks to wait {last.retry_after_s:.0f} s" if last.retry_after_s else ""
            tries, seconds = policy.statistics["attempt_number"], time.monotonic() - start
            spent = f"gave up after {tries} attempt{'s' * (tries != 1)} in {seconds:.0f} s"
            raise type(last.error)(f"{last.error}{asked}; {spent}; try later or with fewer connections") from last

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """The wait asked for, or a doubling one with jitter (between half and whole), 30 s at most."""
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.retry_after_s if isinstance(failure, TryAgain) else None
        if asked is not None:
            return asked + self.rng.uniform(0.0, 0.1 * asked + 0.05)
        return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)) * self.rng.uniform(0.5, 1.0)

    def _note(self, state: tenacity.RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        self.traffic.retries += 1
        self.traffic.waited_s += state.upcoming_sleep
        self.traffic.rate_limited += isinstance(failure, TryAgain) and isinstance(failure.error, RateLimited)

    def _proxy(self) -> str | None:
        """The proxy the environment names for this host; never one for this machine."""
        parts = urlsplit(self.base_url)
        if is_loopback(parts.hostname or "") or proxy_bypass(parts.hostname or ""):
            return None
        return getproxies().get(parts.scheme)

    def _key(self) -> str | None:
        parts = urlsplit(self.base_url)
        if parts.scheme == "http" and not self.key_over_http and not is_loopback(parts.hostname or ""):
            return None
        return next((os.environ[name].strip() for name in self.key_names if os.environ.get(name)), None)

    def _headers(self) -> dict[str, str]:
        key = self._key()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        return headers | {"Authorization": f"Bearer {key}"} if key else headers

    def _key_words(self) -> str:
        name = next((name for name in self.key_names if os.environ.get(name)), None)
        if name is None:
            return f"no key was sent; set {self.key_names[0]} in the environment"
        if self._key() is None:
            return f"the key in {name} was not sent over plain http; use https, or key_over_http=True"
        return f"check the key in {name}"


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _plain_error(error: Exception, url: str, timeout_s: float, *, reached: bool) -> ModelError | TryAgain:
    """An address that was never reached fails at once; one that was is given time to come back."""
    if isinstance(error, TimeoutError):
        return TryAgain(ModelUnreachable(f"{url} did not answer within {timeout_s:g} s"))
    if isinstance(error, aiohttp.ClientSSLError):
        return ModelUnreachable(f"no safe connection to {url}: {_words(error)}")
    if isinstance(error, aiohttp.ClientConnectorError):
        gone = ModelUnreachable(f"{url} cannot be reached: {error.os_error.strerror or _words(error)}")
        hint = f"{gone}; check the base URL and that the server runs"
        return TryAgain(gone) if reached else ModelUnreachable(hint)
    return TryAgain(ModelUnreachable(f"the connection to {url} broke off: {_words(error)}"))
