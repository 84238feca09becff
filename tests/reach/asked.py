"""What the tests of the checks ask with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from modeltui.reach import endpoint
from modeltui.reach.asking import Asker
from modeltui.reach.verdict import Check, Verdict
from modeltui.reach.web import Web
from modeltui.systems.secret_value import SecretValue

MARK = "s3cr3t-m4rk3r-value"
"""Stands in every place that holds a secret; no verdict may have it."""


def asker(*, keys: dict[str, str] | None = None, within: float = 5.0, client: Any = None) -> Asker:
    """`keys`: of the Secret; None: their use is not allowed."""
    values = {key: SecretValue(value) for key, value in (keys or {}).items()}
    return Asker(client, "team", Web(timeout=within), values, allowed=keys is not None, within=within)


async def ask(question: Callable[[Asker], Awaitable[Verdict]], who: Asker | None = None) -> Verdict:
    """As the screen asks: there is always a verdict, and never a secret in it."""
    return await _asked(Check("x", question), who)


async def reach(url: str, who: Asker | None = None) -> Verdict:
    """Whether the endpoint answers."""
    return await _asked(Check("x", lambda one: endpoint.http(one, url), whether_it_answers=True), who)


async def _asked(check: Check, who: Asker | None) -> Verdict:
    verdict = await (who or asker()).verdict(check)
    assert MARK not in verdict.sentence
    assert verdict.sentence.isprintable()
    assert verdict.sentence.endswith((".", "?", ")"))
    return verdict
