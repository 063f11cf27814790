"""What is counted, for those who watch over it. Labels are closed sets: never an id, never a person."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "jaminan_requests",
    "Requests by route, method and status",
    ["route", "method", "status"],
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "jaminan_request_seconds", "Time to answer", ["route", "method"], registry=REGISTRY
)
REFUSALS: Final = Counter("jaminan_refusals", "Refusals by code", ["code"], registry=REGISTRY)
POSITION: Final = Gauge("jaminan_log_position", "Last position of the log", registry=REGISTRY)
LAG: Final = Gauge(
    "jaminan_read_model_lag", "Positions a read model is behind the log", ["name"], registry=REGISTRY
)
CLOCKS: Final = Gauge(
    "jaminan_clocks",
    "Clocks of open cases by name and urgency: overdue, today, soon, later, paused, undated",
    ["clock", "urgency"],
    registry=REGISTRY,
)
UNWRITTEN: Final = Gauge(
    "jaminan_clocks_unwritten", "Clocks that ran out and are not on record as missed", registry=REGISTRY
)
WATCH_TOLD: Final = Gauge(
    "jaminan_watch_told_timestamp_seconds", "When a watch was last told a day", ["name"], registry=REGISTRY
)
WATCH_STANDS: Final = Gauge(
    "jaminan_watch_stands_still", "1 while a fault keeps a watch from its day", ["name"], registry=REGISTRY
)
