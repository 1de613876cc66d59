"""HTTP/1 with an end to clients that have none: heads that trickle or swell, and replies that nobody reads.

An app sees none of these: a head never reaches it, and what it has sent is out of its hands.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds in which a request line and its headers must be there, and their bytes at most.
HEAD_S = 15.0
MAX_HEAD = 64 * 1024
#: Seconds in which a client reads nothing at all, until it is dropped.
READ_S = 60.0


class Patient(HttpToolsProtocol):
    """One connection. What it does beyond uvicorn's is to give up on it."""

    head_s, max_head, read_s = HEAD_S, MAX_HEAD, READ_S

    _waits_for_head: asyncio.TimerHandle | None = None
    _waits_for_reader: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head is waited for."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that `pause_writing` tells of a client that does not read
        self._begin_head()

    def on_message_begin(self) -> None:
        """The next head has begun."""
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._end_head()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Some of a request. A head that grows and grows is never kept whole."""
        if self._waits_for_head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._waits_for_head is not None and self._head > self.max_head:
            self._end_head()
            self.send_400_response(f"The head of a request is larger than {self.max_head} bytes.")

    def handle_websocket_upgrade(self) -> None:
        """From here on another protocol has the connection, with its own flow."""
        self.transport.set_write_buffer_limits()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is written to."""
        super().pause_writing()
        self._waits_for_reader = self.loop.call_later(self.read_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read all there was."""
        super().resume_writing()
        self._end_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._end_head()
        self._end_reading()
        super().connection_lost(exc)

    def _begin_head(self) -> None:
        self._end_head()
        self._head = 0
        self._waits_for_head = self.loop.call_later(self.head_s, self.transport.abort)

    def _end_head(self) -> None:
        if self._waits_for_head is not None:
            self._waits_for_head.cancel()
            self._waits_for_head = None

    def _end_reading(self) -> None:
        if self._waits_for_reader is not None:
            self._waits_for_reader.cancel()
            self._waits_for_reader = None
