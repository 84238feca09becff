"""A container that writes as fast as it is told to, for tests and benchmarks.

POST /-/logs   {"namespace": "x", "pod": "p", "container": "c", "perSecond": 2000, "seconds": 60, "width": 110}
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from typing import Any

from modeltui.demo.api import Api

BEAT = 0.02
"""Seconds between two bursts."""


class ProducerProblem(ValueError):
    """What cannot be written, in one sentence."""


@dataclass(frozen=True, slots=True)
class Producer:
    namespace: str
    pod: str
    container: str
    per_second: int = 100
    seconds: float = 10.0
    width: int = 100
    """Characters of a line."""
    level: str = "INFO"

    @classmethod
    def parse(cls, body: Any) -> Producer:
        """Of a JSON body. Raises ProducerProblem."""
        names = {_camel(each.name): each for each in fields(cls)}
        if not isinstance(body, dict) or not {"namespace", "pod", "container"} <= set(body) <= set(names):
            raise ProducerProblem(f"a producer of logs is a JSON object of {', '.join(sorted(names))}; the first three must be given")
        for key, value in body.items():
            wanted: type | tuple[type, ...] = str if names[key].type == "str" else (int, float)
            if not isinstance(value, wanted):
                raise ProducerProblem(f"{key}: {value!r} is no {names[key].type}")
        return cls(**{names[key].name: value for key, value in body.items()})

    async def write(self, api: Api) -> None:
        """Every line differs from the one before in most of its columns."""
        loop = asyncio.get_running_loop()
        began, written, all_ = loop.time(), 0, int(self.per_second * self.seconds)
        where = (self.namespace, self.pod, self.container)
        while written < all_:
            due = min(int((loop.time() - began) * self.per_second) + 1, all_)
            for number in range(written, due):
                api.logs.append(*where, self._line(number))
            written = due
            await asyncio.sleep(BEAT)

    def _line(self, number: int) -> str:
        mixed = f"{number * 2654435761 % 2**32:08x}"
        head = f"{self.level} [engine.py:{number % 997}] Added request cmpl-{mixed} line {number}: prompt {mixed[::-1]} "
        return (head + mixed * (self.width // 8))[: self.width]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))
