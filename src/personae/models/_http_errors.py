"""What a status and a body mean: which errors of an endpoint are final, and which are worth another try.

Knows the error bodies of OpenAI, Azure, vLLM, llama.cpp and OpenRouter; knows nothing of sessions or sockets.
"""

from __future__ import annotations

import email.utils
import json
import math
from collections.abc import Mapping
from typing import Any

from personae.errors import (
    AuthenticationFailed,
    BadResponse,
    ContextOverflow,
    ModelError,
    ModelUnreachable,
    RateLimited,
)

EXCERPT_CHARS = 160
TRY_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
OVERFLOW_MARKS = (
    "context_length",
    "context length",
    "context window",
    "context size",
    "exceed_context",
    "prompt is too long",
    "too many input tokens",
)


class TryAgain(Exception):
    """A failure that may pass. `error` is what the caller gets once patience has run out."""

    def __init__(self, error: ModelError, retry_after_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after_s = retry_after_s


class Rejected(BadResponse):
    """The endpoint understood the request and will not serve it as it stands (400, 422 …)."""

    def __init__(self, message: str, status: int, code: str, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.reason = reason


def excerpt(raw: bytes | str) -> str:
    """The beginning of an answer on one line, for an error message."""
    text = raw[: 4 * EXCERPT_CHARS].decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    line = " ".join(text[: 4 * EXCERPT_CHARS].split())
    return repr(line if len(line) <= EXCERPT_CHARS else line[:EXCERPT_CHARS] + "…")


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """The wait an endpoint asks for, in seconds ≥ 0: `Retry-After` as seconds or HTTP date, or `retry-after-ms`.

    `now` is the time as seconds since 1970. None when nothing readable was said.

    >>> retry_after_s({"Retry-After": "2.5"}, 0.0)
    2.5
    >>> retry_after_s({"Retry-After": "Thu, 01 Jan 1970 00:01:00 GMT"}, 48.0)
    12.0
    """
    milliseconds, said = headers.get("retry-after-ms"), headers.get("Retry-After")
    try:
        wait = float(milliseconds) / 1000 if milliseconds else float(said or "")
    except ValueError:
        if not said:
            return None
        try:
            wait = email.utils.parsedate_to_datetime(said).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return max(0.0, wait) if math.isfinite(wait) else None


def error_parts(raw: bytes) -> tuple[str, str]:
    """The code and the message of an error body, in lower case and as it was; empty when it has none."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return "", ""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, str):
        return "", error
    if not isinstance(error, dict):
        return "", ""
    code = error.get("code") or error.get("type") or ""
    message = error.get("message") or error.get("detail") or ""
    return str(code).lower(), message if isinstance(message, str) else json.dumps(message)


def check_status(status: int, headers: Mapping[str, str], raw: bytes, where: str, key: str, now: float) -> None:
    """Nothing for a success. Raises TryAgain, or the final ModelError that names the next step.

    `where` is the address asked, `key` says in words which key was sent.
    """
    if 200 <= status < 300:
        return
    code, reason = error_parts(raw)
    said = excerpt(reason or raw)
    if 300 <= status < 400:
        target = headers.get("Location", "?")
        raise ModelUnreachable(f"{where} redirects to {target!r}, which is not followed; use the final address")
    if status in (401, 403):
        raise AuthenticationFailed(f"{where} answered {status} {said}: {key}")
    if status == 429 and code == "insufficient_quota":
        raise RateLimited(f"{where} answered 429 {said}: the account has no quota left; add credit or change the key")
    if status == 429:
        raise TryAgain(RateLimited(f"{where} keeps answering 429 {said}"), retry_after_s(headers, now))
    if status in TRY_AGAIN:
        raise TryAgain(ModelUnreachable(f"{where} keeps answering {status} {said}"), retry_after_s(headers, now))
    if status >= 500:
        raise ModelUnreachable(f"{where} answered {status} {said}; look at the server's log")
    raise _refusal(status, code, reason, said, where)


def _refusal(status: int, code: str, reason: str, said: str, where: str) -> ModelError:
    words = f"{code} {reason}".lower()
    if any(mark in words for mark in OVERFLOW_MARKS):
        return ContextOverflow(f"{where} answered {status} {said}: the prompt is longer than the model can read")
    if status in (404, 405):
        if "model" in words:
            return ModelUnreachable(f"{where} answered {status} {said}: check the model's name")
        return ModelUnreachable(f"{where} answered {status} {said}: check the base URL; it usually ends in '/v1'")
    hint = (
        "remove what it does not know with omit=…" if "unsupported" in words or "unknown" in words else "see its words"
    )
    return Rejected(f"{where} refused the request with {status} {said}; {hint}", status, code, reason)


def json_object(raw: bytes, where: str) -> dict[str, Any]:
    """The JSON object an endpoint answered with. Raises BadResponse with the beginning of anything else."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        hint = "a web page; check the base URL, it usually ends in '/v1'" if raw.lstrip()[:1] == b"<" else "no JSON"
        raise BadResponse(f"{where} answered {excerpt(raw)}, which is {hint}") from error
    if not isinstance(body, dict):
        raise BadResponse(f"{where} answered {excerpt(raw)} instead of a JSON object")
    return body
