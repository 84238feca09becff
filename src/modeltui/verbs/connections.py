"""`modeltui doctor --connections`: whether what each ModelSource names answers this machine."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from modeltui.characters import printable
from modeltui.domain import Severity
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.reach import credentials
from modeltui.reach.asking import WITHIN, Asker
from modeltui.reach.plan import Plan, plan
from modeltui.reach.verdict import Answer, Check, Verdict
from modeltui.reach.web import Web
from modeltui.systems.facts import ALL_NAMESPACES
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource
from modeltui.systems.protocol import Facts
from modeltui.systems.secret_value import SecretValue
from modeltui.verbs.telling import say

AT_ONCE: Final = 8

SEVERITIES: Final = {Answer.YES: Severity.INFO, Answer.NO: Severity.WARNING, Answer.UNKNOWN: Severity.INFO}
"""Never an error: what this machine cannot reach, the cluster may."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One answer."""

    namespace: str
    name: str
    """Of the ModelSource."""
    check: str
    verdict: Verdict


async def ask(client: Client, facts: Facts, *, use_credentials: bool) -> list[Connection]:
    """Of every ModelSource that is known, by namespace and name."""
    found = [source for source in facts.all(SOURCES, ALL_NAMESPACES) if isinstance(source, ModelSource)]
    plans = [(source, _plan(source, facts)) for source in sorted(found, key=lambda source: source.metadata.key)]
    if total := sum(len(questions.checks) for _, questions in plans):
        say(f"Asking {total:,} questions from this machine, {AT_ONCE} at a time, {WITHIN:g} s each at most.")
    gate = asyncio.Semaphore(AT_ONCE)
    answers = await asyncio.gather(*(_of(client, source, questions, gate, use_credentials=use_credentials) for source, questions in plans))
    return [connection for of_source in answers for connection in of_source]


def _plan(source: ModelSource, facts: Facts) -> Plan:
    namespace, name = source.metadata.key
    models = facts.where(MODELS, namespace, source_of, name)
    questions = plan(source, (model for model in models if isinstance(model, Model)))
    if questions.left_out:
        say(f"ModelSource {namespace}/{name}: {questions.left_out:,} more addresses are left out.")
    return questions


async def _of(client: Client, source: ModelSource, questions: Plan, gate: asyncio.Semaphore, *, use_credentials: bool) -> list[Connection]:
    namespace, name = source.metadata.key
    keys = await _keys(client, source, questions) if use_credentials else {}
    asker = Asker(client, namespace, Web(), keys, allowed=use_credentials)

    async def verdict(check: Check) -> Verdict:
        async with gate:
            return await asker.verdict(check)

    verdicts = await asyncio.gather(*map(verdict, questions.checks))
    return [Connection(namespace, name, check.title, one) for check, one in zip(questions.checks, verdicts, strict=True)]


async def _keys(client: Client, source: ModelSource, questions: Plan) -> dict[str, SecretValue]:
    if not (source.spec.secret_ref and questions.hosts):
        return {}
    try:
        return await credentials.read(client, source.metadata.namespace, source.spec.secret_ref)
    except KubeError as error:
        say(f"ModelSource {'/'.join(source.metadata.key)}: its Secret's keys cannot be used: {error}")
        return {}


def document(found: Connection) -> dict[str, Any]:
    """For programs: as a finding, with the question and its answer."""
    return {
        "kind": SOURCES.kind,
        "namespace": found.namespace,
        "name": found.name,
        "severity": SEVERITIES[found.verdict.answer].value,
        "field": "",
        "reason": f"{found.check}: {found.verdict.sentence}",
        "remedy": "",
        "check": found.check,
        "answer": found.verdict.answer.value,
    }


def lines(connections: Iterable[Connection], *, width: int) -> list[str]:
    """For people."""
    told = ["Connections, asked from this machine:"]
    for (namespace, name), group in groupby(connections, key=lambda one: (one.namespace, one.name)):
        told += ["", printable(f"{SOURCES.kind} {namespace}/{name}")]
        for one in group:
            told.append(printable(f"  {one.verdict.answer.value:<8} {one.check}"))
            told += textwrap.wrap(
                *(one.verdict.sentence, max(width, 40)),
                initial_indent=" " * 11,
                subsequent_indent=" " * 11,
                break_on_hyphens=False,
                break_long_words=False,
            )
    return told


def summary(connections: Sequence[Connection]) -> str:
    answers = [one.verdict.answer for one in connections]
    told = f"{answers.count(Answer.YES)} yes, {answers.count(Answer.NO)} no, {answers.count(Answer.UNKNOWN)} cannot be told from here"
    return f"Connections: {told}."
