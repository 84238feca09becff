"""What the console makes of a cluster in which something fails: read as it reads, decoded as it decodes, explained as on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from tests.demo.serving.yard import Obj, Yard

from modeltui.demo.errors import StatusError
from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.decode import Decoder
from modeltui.kube.resource import Resource
from modeltui.systems import registry
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import Pod
from modeltui.systems.doctor import secrets_of
from modeltui.systems.facts import FactTable
from modeltui.systems.protocol import ObjectType, View
from modeltui.systems.serving.explained import EVIDENCE, Explanation, explained
from modeltui.systems.serving.pods import containers

FAIL = "demo.modeltui.dev/fail"


@dataclass(frozen=True)
class Told:
    """What is said of one deployment."""

    phase: Phase
    causes: tuple[Finding, ...]
    others: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        assert self.causes, f"it is {self.phase}, and nothing says why; other findings: {self.others}"
        return self.causes[0]

    def is_an_error(self, says: str, remedy: str, about: str = "") -> None:
        """That the first finding is: what it says, what helps, and which object it names (in `about`, the field or the sentence)."""
        found = self.first
        told = f"{found.reason} -> {found.remedy} ({found.about or found.field})"
        assert says.lower() in found.reason.lower(), told
        assert remedy.lower() in found.remedy.lower(), told
        assert about in f"{found.about} {found.field} {found.reason}", told
        assert found.severity is Severity.ERROR, told


def look(yard: Yard, view: View, name: str) -> Told:
    """By the way of `:deployments`: the kinds of the view, what an explanation asks for, the Secrets that it names."""
    facts = known(yard, {view.resource: view.type, **view.joins, **view.evidence, **EVIDENCE})
    obj = facts.get(view.resource, yard.ns, name)
    assert obj is not None, f"there is no {view.resource.kind} {name}"
    held = {one["metadata"]["name"]: one for one in yard.list("secrets")}
    for secret in secrets_of(view, obj):
        if secret in held:
            facts.put(SECRETS, _decoded(Secret, held[secret], yard.ns))
    facts.set_known(SECRETS, yard.ns, known=True)
    found: Explanation = explained(view, obj, facts, tails=dict(tails(yard, facts)))
    assert view.serves is not None
    return Told(view.serves.read(obj, facts).status.phase, found.causes, found.others)


def known(yard: Yard, kinds: dict[Resource, ObjectType]) -> FactTable:
    facts = FactTable()
    for resource, kind in kinds.items():
        word = f"{resource.plural}.{resource.version}.{resource.group}" if resource.group else resource.plural
        namespace = yard.ns if resource.namespaced else ""
        try:
            objects = yard.api.list(word, namespace=namespace) if namespace else yard.api.list(word)
        except StatusError as error:
            if error.code != 404:
                raise
            continue  # not installed
        facts.set_known(resource, namespace, known=True)
        for obj in objects:
            facts.put(resource, _decoded(kind, obj, namespace))
    return facts


def _decoded(kind: ObjectType, obj: Obj, namespace: str) -> Any:
    decoder: Decoder[Any] = Decoder(kind, namespace=namespace)
    found = decoder.object(msgspec.Raw(msgspec.json.encode(obj)), obj["metadata"]["name"])
    assert isinstance(found, kind), f"{obj['kind']} {obj['metadata']['name']} cannot be decoded: {found}"
    return found


def tails(yard: Yard, facts: FactTable) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """As `ui.tails` reads them: of the run that fell, the last 60 lines."""
    for pod in facts.every(next(iter(EVIDENCE))):
        assert isinstance(pod, Pod)
        for one in containers(pod):
            ended = one.state.terminated or (one.status.last_state.terminated if one.status is not None else None)
            if ended is not None and ended.exit_code:
                place = (yard.ns, pod.metadata.name, one.spec.name)
                lines = yard.api.logs.read(*place, previous=one.state.terminated is None, tail=60)
                yield place[1:], [line.text for line in lines]


def until_told(yard: Yard, view: View, name: str, says: str, *, seconds: int = 900, step: float = 5) -> Told:
    """Lets time pass until the first cause says so, or `seconds` are over: then what is said by then."""
    yard.passes(seconds=2)
    end = 2.0
    while True:
        told = look(yard, view, name)
        if (told.causes and says.lower() in told.causes[0].reason.lower()) or end >= seconds:
            return told
        yard.passes(seconds=step)
        end += step


def view_of(kind: str) -> View:
    return next(view for view in registry.serving() if view.resource.kind == kind)


Deploy = Callable[..., Any]


def reasons(found: Iterable[Finding]) -> str:
    return "\n".join(f"{one.severity} {one.reason} -> {one.remedy} ({one.about or one.field})" for one in found)
