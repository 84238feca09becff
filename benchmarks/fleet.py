"""A namespace of Models that change only when told to: what `wire` and `latency` look at."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.cluster import MODELS, Cluster

NAMESPACE = "fleet"
SOURCE = "source-{:06}"
"""What the SOURCE column says: six digits, so that each change is one cell of the same width."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """`size` Models; `change` writes another source into one of them."""

    cluster: Cluster
    size: int

    def fill(self) -> None:
        self.cluster.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        for number in range(self.size):
            model = {
                "apiVersion": "model.samzong.dev/v1",
                "kind": "Model",
                "metadata": {"name": self.name(number)},
                "spec": {"sourceRef": SOURCE.format(0), "versions": [{"name": "v1", "repo": "org/model"}]},
            }
            self.cluster.call("POST", MODELS.format(namespace=NAMESPACE), model)

    def name(self, number: int) -> str:
        return f"model-{number % self.size:02}"

    def change(self, number: int) -> str:
        """The source that one of the Models has now; each `number` gives another one."""
        source = SOURCE.format(number)
        path = f"{MODELS.format(namespace=NAMESPACE)}/{self.name(number)}"
        self.cluster.call("PATCH", path, {"spec": {"sourceRef": source}}, kind="application/merge-patch+json")
        return source

    @contextmanager
    def storm(self, *, per_second: float) -> Iterator[None]:
        """Changes at that rate, from a thread of its own, until left."""
        over = threading.Event()

        def run() -> None:
            begun, number = time.monotonic(), 0
            while not over.wait(max(begun + number / per_second - time.monotonic(), 0)):
                number += 1
                self.change(100_000 + number)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
