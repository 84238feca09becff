"""What pods need and may not find: Secrets, claims, GPUs of a node; and what they should not carry: a token in clear. Pure.

Checks that systems share whose objects hold containers as Kubernetes has them. What is not known is never taken for wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from modeltui.domain import Finding, Severity
from modeltui.redaction import is_secret_key
from modeltui.systems.core import quantity
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, NODES, ContainerSpec, Node, PersistentVolumeClaim
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus
from modeltui.systems.serving.subjects import no_room, no_secret


def secrets(names: Iterable[str], namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    for name in names:
        if facts.known(SECRETS, namespace) and facts.get(SECRETS, namespace, name) is None:
            yield Finding(
                Severity.ERROR,
                f'There is no Secret "{name}" in namespace {namespace}: pods that need it do not start.',
                "Create it there, or correct the name; every namespace needs its own.",
                field,
                subject=no_secret(name),
            )


def keys(containers: Iterable[ContainerSpec], namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    """Variables that take a key which their Secret has not."""
    for container in containers:
        for variable in container.env:
            ref = variable.value_from.secret_key_ref if variable.value_from else None
            secret = facts.get(SECRETS, namespace, ref.name) if ref else None
            if ref is not None and isinstance(secret, Secret) and ref.key not in secret.keys and not ref.optional:
                yield Finding(
                    Severity.ERROR,
                    f'{variable.name} takes key "{ref.key}" of Secret "{ref.name}", which has {", ".join(secret.keys) or "no keys"}, '
                    "so that the container is not started (CreateContainerConfigError).",
                    "Correct the key, or add it to the Secret.",
                    f"{field}.env",
                )


def claims(names: Iterable[str], namespace: str, facts: Facts, field: str, *, pods: int | None = 1) -> Iterator[Finding]:
    """`pods`: that share each of them; None when that is not known."""
    for name in names:
        found = facts.get(CLAIMS, namespace, name)
        if found is None and facts.known(CLAIMS, namespace):
            yield Finding(
                Severity.ERROR,
                f'There is no PersistentVolumeClaim "{name}" in namespace {namespace}: its pods stay Pending.',
                "Create the claim, or correct the name.",
                field,
            )
        elif isinstance(found, PersistentVolumeClaim) and (pods or 0) > 1 and _of_one_node(found):
            yield Finding(
                Severity.WARNING,
                f'{pods} pods share claim "{name}", which only one node may use at a time ({", ".join(found.spec.access_modes)}).',
                "Use a claim that is ReadWriteMany or ReadOnlyMany.",
                field,
            )


def _of_one_node(claim: PersistentVolumeClaim) -> bool:
    return bool(claim.spec.access_modes) and not {"ReadWriteMany", "ReadOnlyMany"} & set(claim.spec.access_modes)


def nodes(asked: Mapping[str, int], facts: Facts, field: str) -> Iterator[Finding]:
    """`asked`: accelerators that one pod needs."""
    if not facts.known(NODES, ""):
        return
    found = [node for node in facts.all(NODES, "") if isinstance(node, Node)]
    for name, number in asked.items():
        most = max((_number(node, name) for node in found), default=0)
        if number and not most:
            others = sorted({resource for node in found for resource in node.status.allocatable if gpus.is_gpu(resource)})
            has = f"there is {', '.join(others)}" if others else "no node has any accelerator"
            yield Finding(
                Severity.ERROR,
                f"No node has {name} ({has}): its pods stay Pending.",
                "Ask for what there is; or install the device plugin that offers it.",
                field,
            )
        elif number > most:
            yield Finding(
                Severity.ERROR,
                f"A pod asks for {number} {name}, and no node has more than {most}: it stays Pending.",
                "Ask for fewer, or split the model over several nodes.",
                field,
                subject=no_room(number, name),
            )


def _number(node: Node, name: str) -> int:
    amount = quantity.parse(node.status.allocatable.get(name, 0))
    return int(amount) if amount is not None else 0


def amounts(container: ContainerSpec, field: str) -> Iterator[Finding]:
    """GPUs cannot be overcommitted: what is requested has to be the limit."""
    requests, limits = container.resources.requests, container.resources.limits
    for name in (one for one in requests if gpus.is_gpu(one)):
        if name not in limits:
            reason = f"It requests {name} without a limit: the API server refuses its pods."
        elif quantity.parse(requests[name]) != quantity.parse(limits[name]):
            reason = f"It requests {requests[name]} {name} and limits them to {limits[name]}: the API server refuses its pods."
        else:
            continue
        yield Finding(Severity.ERROR, reason, "Write the same number into requests and limits.", f"{field}.resources")
    for name in (one for one in limits if gpus.is_gpu(one)):
        number = quantity.parse(limits[name])
        if number is None or number != number.to_integral_value() or number < 0:
            yield Finding(
                Severity.ERROR,
                f'"{limits[name]}" is no number of {name}: they are counted in whole ones.',
                "Write a whole number.",
                f"{field}.resources.limits",
            )


def in_clear(containers: Sequence[ContainerSpec], field: str) -> Iterator[Finding]:
    """Tokens that stand where everybody who may read the object reads them."""
    for container in containers:
        for variable in container.env:
            if variable.value and variable.value_from is None and is_secret_key(variable.name):
                yield Finding(
                    Severity.WARNING,
                    f"The value of {variable.name} stands in the object itself, for all who may read it.",
                    "Put it into a Secret, and refer to that with valueFrom.",
                    f"{field}.env",
                )
        for word in (*container.command, *container.args):
            option, equals, value = word.partition("=")
            if option.startswith("-") and is_secret_key(option) and (not equals or value) and "$" not in value:
                yield Finding(
                    Severity.WARNING,
                    f"The argument {option} gives a secret in clear, for all who may read the object or see the process.",
                    "Give it by a variable that comes from a Secret.",
                    f"{field}.args",
                )
