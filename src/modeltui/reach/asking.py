"""Asking a check: with a limit in time, and always with a verdict at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from modeltui.kube.client import Client
from modeltui.kube.errors import Forbidden, KubeError
from modeltui.reach.failures import NoAnswer
from modeltui.reach.verdict import Check, Verdict, no, unknown
from modeltui.reach.web import Web
from modeltui.systems.secret_value import SecretValue

WITHIN: Final = 8.0
"""Seconds for one check, however many requests it makes."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What the checks of one ModelSource are asked with."""

    client: Client
    """The cluster's."""
    namespace: str
    web: Web
    keys: Mapping[str, SecretValue] = field(default_factory=dict)
    """Of the Secret; empty as long as their use is not allowed."""
    allowed: bool = False
    """Whether credentials may be sent, those of the Secret and those that stand in an address or a setting."""
    within: float = WITHIN

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be said, should a server repeat it."""
        return tuple(value.reveal() for value in self.keys.values())

    async def verdict(self, check: Check) -> Verdict:
        try:
            async with asyncio.timeout(self.within):
                return await check.ask(self)
        except TimeoutError:
            return _silence(check, f"no answer within {self.within:g} s")
        except NoAnswer as error:
            return unknown(f"{error}.") if error.untold else _silence(check, str(error))
        except Forbidden as error:
            return unknown(f"you may not look: {error}".rstrip(".") + ".")
        except KubeError as error:
            return unknown(f"{error}".rstrip(".") + ".")


def _silence(check: Check, why: str) -> Verdict:
    return no(f"From this machine: {why}.") if check.whether_it_answers else unknown(f"{why}.")
