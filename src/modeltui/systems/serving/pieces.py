"""Pieces of answers -> pieces of manifests, and back. Pure.

The way back is only taken when it loses nothing: what the answers cannot say again word for word is an AnswersError, so that a form
never drops a field that it does not know. What is laid over a live object touches only what was answered otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from modeltui.systems.core import quantity
from modeltui.systems.manifest import lay, part
from modeltui.systems.serving import gpus
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, PlacementAnswers, ResourceAnswers, TolerationAnswers
from modeltui.systems.showing import unshowable

# ---- environment ----------------------------------------------------------------------------------------------------


def env(answers: Iterable[EnvAnswers]) -> list[dict[str, Any]]:
    """The `env` of a container."""
    return [_variable(one) for one in answers]


def _variable(answers: EnvAnswers) -> dict[str, Any]:
    if answers.secret is not None:
        return {"name": answers.name, "valueFrom": {"secretKeyRef": _key(answers.secret)}}
    if answers.config_map is not None:
        return {"name": answers.name, "valueFrom": {"configMapKeyRef": _key(answers.config_map)}}
    return {"name": answers.name, "value": answers.value} if answers.value else {"name": answers.name}


def _key(answers: KeyAnswers) -> dict[str, Any]:
    return {"name": answers.name, "key": answers.key}


def env_of(entries: object, *, where: str = "env") -> tuple[EnvAnswers, ...]:
    """Raises AnswersError for a variable that takes its value from anywhere else, such as a field of the pod."""
    return tuple(_variable_of(entry, f"{where}[{place}]") for place, entry in enumerate(_list(entries, where)))


def _variable_of(entry: Mapping[str, Any], where: str) -> EnvAnswers:
    match entry:
        case {"name": str(name), "valueFrom": {"secretKeyRef": {"name": str(of), "key": str(key)}}}:
            found = EnvAnswers(name=name, secret=KeyAnswers(name=of, key=key))
        case {"name": str(name), "valueFrom": {"configMapKeyRef": {"name": str(of), "key": str(key)}}}:
            found = EnvAnswers(name=name, config_map=KeyAnswers(name=of, key=key))
        case {"name": str(name)} if isinstance(entry.get("value", ""), str):
            found = EnvAnswers(name=name, value=entry.get("value", ""))
        case _:
            raise unshowable(f"{where} is a variable of a kind that it does not know")
    said = {key: value for key, value in entry.items() if (key, value) != ("value", "")}
    if _variable(found) != said:
        raise unshowable(f"{where} says more than it can show")
    return found


# ---- placement ------------------------------------------------------------------------------------------------------


def tolerations(answers: Iterable[TolerationAnswers]) -> list[dict[str, Any]]:
    return [_toleration(one) for one in answers]


def _toleration(answers: TolerationAnswers) -> dict[str, Any]:
    entry: dict[str, Any] = {"operator": answers.operator}
    for key, value in (("key", answers.key), ("value", answers.value), ("effect", answers.effect)):
        if value:
            entry[key] = value
    if answers.toleration_seconds is not None:
        entry["tolerationSeconds"] = answers.toleration_seconds
    return entry


def tolerations_of(entries: object, *, where: str = "tolerations") -> tuple[TolerationAnswers, ...]:
    """Raises AnswersError for one with an operator or an effect that is not known."""
    found = []
    for place, entry in enumerate(_list(entries, where)):
        try:
            found.append(msgspec.convert(entry, TolerationAnswers))
        except msgspec.ValidationError as error:
            raise unshowable(f"{where}[{place}] is not a toleration that it knows ({error})") from error
    return tuple(found)


def lay_placement(target: dict[str, Any], answers: PlacementAnswers, before: PlacementAnswers) -> None:
    """Over what holds `nodeSelector` and `tolerations`: the spec of a pod, or of a system's own."""
    lay(target, "nodeSelector", dict(answers.node_selector) or None, when=answers.node_selector != before.node_selector)
    lay(target, "tolerations", tolerations(answers.tolerations) or None, when=answers.tolerations != before.tolerations)


def placement_of(holder: Mapping[str, Any], *, where: str = "spec") -> PlacementAnswers:
    """Raises AnswersError."""
    selector = holder.get("nodeSelector") or {}
    if not isinstance(selector, Mapping) or not all(isinstance(value, str) for value in selector.values()):
        raise unshowable(f"{where}.nodeSelector is not a mapping of labels")
    return PlacementAnswers(
        node_selector=dict(selector), tolerations=tolerations_of(holder.get("tolerations"), where=f"{where}.tolerations")
    )


# ---- resources ------------------------------------------------------------------------------------------------------

_AMOUNTS: Final = (
    *(("requests", "cpu", "cpu"), ("requests", "memory", "memory")),
    *(("limits", "cpu", "cpu_limit"), ("limits", "memory", "memory_limit")),
)


def resources(answers: ResourceAnswers) -> dict[str, Any]:
    """`resources` of a container; {} when nothing is asked for."""
    entry: dict[str, Any] = {}
    lay_resources(entry, answers, ResourceAnswers())
    return entry


def lay_resources(target: dict[str, Any], answers: ResourceAnswers, before: ResourceAnswers) -> None:
    """Over the `resources` of a container. GPUs stand in the limits and the requests alike: they cannot be overcommitted."""
    for kind, name, field in _AMOUNTS:
        _amount(target, kind, name, getattr(answers, field) or None, when=getattr(answers, field) != getattr(before, field))
    asked, had = (answers.gpus, answers.gpu_resource), (before.gpus, before.gpu_resource)
    if asked == had or (answers.gpus is None and before.gpus is None):
        return
    for kind in ("requests", "limits"):
        if answers.gpu_resource != before.gpu_resource or answers.gpus is None:
            _amount(target, kind, before.gpu_resource, None, when=True)
        if answers.gpus is not None:
            _amount(target, kind, answers.gpu_resource, str(answers.gpus), when=True)


def _amount(target: dict[str, Any], kind: str, name: str, amount: str | None, *, when: bool) -> None:
    if not when:
        return
    amounts = part(target, kind)
    lay(amounts, name, amount, when=True)
    if not amounts:
        del target[kind]


def resources_of(holder: object, *, where: str = "resources") -> ResourceAnswers:
    """Raises AnswersError when several kinds of GPUs are asked for, or another number than the limit."""
    asked = holder if isinstance(holder, Mapping) else {}
    requests, limits = (dict(asked.get(kind) or {}) for kind in ("requests", "limits"))
    names = [name for name in {**requests, **limits} if gpus.is_gpu(name)]
    if len(names) > 1:
        raise unshowable(f"{where} asks for several kinds of GPUs ({', '.join(names)})")
    count = None
    for name in names:
        amounts = {str(amounts[name]) for amounts in (requests, limits) if name in amounts}
        if len(amounts) > 1 or any(quantity.whole(amount) is None for amount in amounts):
            raise unshowable(f"{where} does not say how many {name} in one whole number")
        count = int(amounts.pop())
    texts = {field: str({"requests": requests, "limits": limits}[kind].get(name, "")) for kind, name, field in _AMOUNTS}
    return ResourceAnswers(gpus=count, **({"gpu_resource": names[0]} if names else {}), **texts)


# ---- what cannot be shown -------------------------------------------------------------------------------------------


def _list(entries: object, where: str) -> Sequence[Mapping[str, Any]]:
    if entries is None:
        return ()
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, Mapping) for entry in entries):
        raise unshowable(f"{where} is not a list of what it should hold")
    return entries
