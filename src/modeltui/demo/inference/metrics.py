"""Numbers of one model server, under the names that vLLM gives them, in Prometheus' text format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIRST = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_BETWEEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
_WHOLE = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0)


@dataclass(slots=True)
class Histogram:
    bounds: tuple[float, ...]
    total: float = 0.0
    number: int = 0
    _below: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._below = [0] * len(self.bounds)

    def observe(self, value: float) -> None:
        self.total += value
        self.number += 1
        for position, bound in enumerate(self.bounds):
            self._below[position] += value <= bound

    def lines(self, name: str, label: str) -> Iterator[str]:
        for bound, number in zip(self.bounds, self._below, strict=True):
            yield f'{name}_bucket{{le="{bound}",{label}}} {number}'
        yield f'{name}_bucket{{le="+Inf",{label}}} {self.number}'
        yield f"{name}_count{{{label}}} {self.number}"
        yield f"{name}_sum{{{label}}} {self.total}"


@dataclass(slots=True)
class Metrics:
    running: int = 0
    held: int = 0
    """Tokens in the cache of those that run."""
    prompt_tokens: int = 0
    generated: int = 0
    finished: Counter[str] = field(default_factory=Counter)
    """By finish reason: "stop", "length", "abort"."""
    first: Histogram = field(default_factory=lambda: Histogram(_FIRST))
    between: Histogram = field(default_factory=lambda: Histogram(_BETWEEN))
    whole: Histogram = field(default_factory=lambda: Histogram(_WHOLE))

    def render(self, model: str, *, cache: int) -> str:
        """`cache` is how many tokens the key-value cache has room for."""
        label = f'engine="0",model_name="{model}"'
        gauges = (
            ("vllm:num_requests_running", "Number of requests in model execution batches.", self.running),
            ("vllm:num_requests_waiting", "Number of requests waiting to be processed.", 0),
            ("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", min(1.0, self.held / cache)),
        )
        counters = (
            ("vllm:prompt_tokens", "Number of prefill tokens processed.", self.prompt_tokens),
            ("vllm:generation_tokens", "Number of generation tokens processed.", self.generated),
        )
        histograms = (
            ("vllm:time_to_first_token_seconds", "Histogram of time to first token in seconds.", self.first),
            ("vllm:inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", self.between),
            ("vllm:e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", self.whole),
        )
        lines = list[str]()
        for name, told, value in gauges:
            lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge", f"{name}{{{label}}} {float(value)}"]
        for name, told, value in counters:
            lines += [f"# HELP {name}_total {told}", f"# TYPE {name}_total counter", f"{name}_total{{{label}}} {float(value)}"]
        lines += [
            "# HELP vllm:request_success_total Count of successfully processed requests.",
            "# TYPE vllm:request_success_total counter",
        ]
        lines += [f'vllm:request_success_total{{{label},finished_reason="{why}"}} {float(n)}' for why, n in sorted(self.finished.items())]
        for name, told, histogram in histograms:
            lines += [f"# HELP {name} {told}", f"# TYPE {name} histogram", *histogram.lines(name, label)]
        return "\n".join(lines) + "\n"
