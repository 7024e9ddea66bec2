"""What the server counts, for Prometheus. Each application has its own registry, so two do not add up."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from rag.schema import Answer

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """Counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "newsqa_requests_total",
            "Requests by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "newsqa_request_seconds",
            "Time from the first byte of a request to the last of its response",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge("newsqa_requests_in_flight", "Requests being worked on", registry=self.registry)
        self.answers = Counter(
            "newsqa_answers_total",
            "Answers by outcome; the reason is empty for an answer",
            ["status", "reason"],
            registry=self.registry,
        )
        self.rejected = Counter(
            "newsqa_rejected_statements_total", "Statements that the sources did not support", registry=self.registry
        )
        self.articles = Gauge("newsqa_articles", "Articles in the index", registry=self.registry)

    def count_answer(self, answer: Answer) -> None:
        """Count how a question ended."""
        self.answers.labels(answer.status, answer.reason or "").inc()
        self.rejected.inc(len(answer.rejected))

    def text(self) -> bytes:
        """Write everything in Prometheus' text format."""
        return generate_latest(self.registry)
