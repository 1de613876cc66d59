"""What a Prometheus server reads: how many requests, how long, how many at once, and what they cost."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """Counters of one app. Names of users are never labels."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "personae_requests",
            "Chat requests by persona and HTTP status.",
            ["model", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "personae_reply_seconds",
            "From a request to its last byte.",
            ["model"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.at_once = Gauge("personae_requests_in_progress", "Chat requests being answered.", registry=self.registry)
        self.tokens = Counter(
            "personae_tokens", "Tokens read and written by the model.", ["model", "kind"], registry=self.registry
        )
        self.dropped = Counter(
            "personae_dropped", "Streams whose client went away before the end.", ["model"], registry=self.registry
        )

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)
