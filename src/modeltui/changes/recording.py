"""Every step of a change goes into the ledger: first that it begins, on disk before the write is sent, then how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from modeltui.changes.difference import FieldChange
from modeltui.changes.plan import Step
from modeltui.changes.secret_values import secret_values
from modeltui.kube.access import Access
from modeltui.kube.client import Client
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import ChangedField, Record


@dataclass(frozen=True, slots=True)
class Begun:
    """A step that was told to the ledger."""

    record: Record
    secrets: frozenset[str] = field(repr=False)


class LedgerRecorder:
    """For one change: its steps are found together by `change_id`. Nothing that is wrong with the ledger stops the change."""

    def __init__(self, ledger: Ledger, *, user: str, context: str, server: str, verb: str = "") -> None:
        """`verb` stands in place of "apply", "create" and "delete" for what is more than that, such as "revert"."""
        self.change_id = uuid4().hex
        self.problems: list[str] = []
        """Sentences for the user: what could not be kept where it belongs. Each once."""
        self._ledger = ledger
        self._user = user
        self._context = context
        self._server = server
        self._verb = verb

    @classmethod
    async def of(cls, ledger: Ledger, client: Client, access: Access, *, verb: str = "") -> Self:
        """With the user's name as the server says it."""
        identity = await access.whoami()
        return cls(ledger, user=identity.name, context=client.connection.context, server=client.connection.server, verb=verb)

    async def begin(self, step: Step, difference: Sequence[FieldChange]) -> Begun:
        record = Record(
            user=self._user,
            context=self._context,
            server=self._server,
            namespace=step.namespace,
            api_version=step.resource.api_version,
            kind=step.resource.kind,
            name=step.name,
            verb=self._verb or str(step.action),
            difference=tuple(ChangedField(change.path, str(change.kind), change.before, change.after) for change in difference),
            before=step.live,
            change_id=self.change_id,
        )
        begun = Begun(record, secret_values(step.desired, step.live))
        await self._keep(begun.record, begun.secrets)
        return begun

    async def end(self, token: Begun, result: str) -> None:
        await self._keep(token.record.ended(result), token.secrets)

    async def _keep(self, record: Record, secrets: frozenset[str]) -> None:
        # in a thread: it may wait for another console, or for the disk
        receipt = await asyncio.to_thread(self._ledger.append, record, secrets=secrets)
        if receipt.problem and receipt.problem not in self.problems:
            self.problems.append(receipt.problem)
