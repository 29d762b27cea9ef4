"""What a server counts, for Prometheus. Nothing in it says what a program is."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from passatk.serve.line import Line

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The figures of one server."""

    def __init__(self, line: Line):
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.requests = Counter("passatk_requests", "Requests answered.", ["path", "code"], registry=self.registry)
        self.programs = Counter(
            "passatk_programs", "Programs with a verdict.", ["language", "status"], registry=self.registry
        )
        self.retries = Counter(
            "passatk_retries", "Programs judged again because the sandbox failed.", registry=self.registry
        )
        self.dropped = Counter("passatk_dropped", "Programs that nobody waited for any more.", registry=self.registry)
        self.queued_s = Histogram(
            "passatk_queued_seconds", "From arrival to its turn.", buckets=_SECONDS, registry=self.registry
        )
        self.judged_s = Histogram(
            "passatk_judged_seconds", "From arrival to its verdict.", buckets=_SECONDS, registry=self.registry
        )
        for name, about, attribute in (
            ("passatk_waiting_programs", "Programs that wait for their turn.", "waiting"),
            ("passatk_running_programs", "Programs whose turn it is.", "running"),
            ("passatk_queued_bytes", "Bytes of requests that wait or run.", "bytes"),
            ("passatk_waiting_clients", "Clients that have programs waiting.", "clients"),
        ):
            gauge = Gauge(name, about, registry=self.registry)
            gauge.set_function(lambda attribute=attribute: float(getattr(line, attribute)))  # type: ignore[misc]

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self.registry)
