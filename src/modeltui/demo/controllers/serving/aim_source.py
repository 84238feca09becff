"""AIMClusterModelSource: looks through a registry now and then, and makes an AIMClusterModel of every image that its filters let through.

It only ever adds; what it made goes with it. Source: internal/aimclustermodelsource of AIM Engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owner_reference, status_of, write_status
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.aim_health import DEGRADED, FAILED, PENDING, PREFIX, READY, derived, paused
from modeltui.demo.controllers.serving.aim_images import PUBLISHED
from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.kinds import AIM_CLUSTER_MODELS, AIM_SOURCES
from modeltui.demo.controllers.serving.podspecs import given
from modeltui.demo.errors import Object

LABEL: Final = f"{PREFIX}/model-source"
HUB: Final = "docker.io"
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}


class Image(NamedTuple):
    registry: str
    repository: str
    tag: str

    @property
    def uri(self) -> str:
        return f"{self.repository}:{self.tag}" if self.registry == HUB else f"{self.registry}/{self.repository}:{self.tag}"


class Unreachable(Exception):
    """Why the registry does not answer."""


class Sources:
    name = "aimclustermodelsource-controller"
    watches: Mapping[str, Mapper] = {AIM_SOURCES: itself}

    def __init__(self, *, pace: float) -> None:
        self._pace = pace

    def reconcile(self, api: Api, key: Key) -> float | None:
        source = find(api, AIM_SOURCES, key)
        if source is None or deleting(source) or paused(source):
            return None
        if (left := self._left(source)) > 0:
            return left
        there = {each["spec"].get("image"): each for each in api.list(AIM_CLUSTER_MODELS, labels=f"{LABEL}={key[1]}")}
        try:
            found, problem = matching(source["spec"]), ""
        except Unreachable as error:
            found, problem = [], str(error)
        most = source["spec"].get("maxModels", 100)
        new = [each for each in found if each.uri not in there][: max(0, most - len(there))]
        for image in new:
            if api.find(AIM_CLUSTER_MODELS, model_name(image)) is None:
                api.create(AIM_CLUSTER_MODELS, model(source, image), manager=self.name)
        status = self._status(source, found, made=len(new), known=len(there) + len(new), problem=problem)
        write_status(api, AIM_SOURCES, source, {**status, "modelsLimitReached": len(found) > most}, manager=self.name)
        return interval(source["spec"].get("syncInterval", "1h"))

    def _left(self, source: Object) -> float:
        """Seconds until it is time again; 0 for a spec that was not looked at yet. A status alone is no reason to look."""
        status = source.get("status") or {}
        if status.get("observedGeneration") != source["metadata"].get("generation", 1) or not status.get("lastSyncTime"):
            return 0.0
        elapsed = (clock.now() - clock.parse(status["lastSyncTime"])).total_seconds() * self._pace
        return max(0.0, interval(source["spec"].get("syncInterval", "1h")) - elapsed)

    def _status(self, source: Object, found: Sequence[Image], *, made: int, known: int, problem: str) -> Object:
        old = status_of(source)

        def said(type_: str, value: bool, reason: str, message: str) -> Object:
            return told(old, type_, value, reason, message, generation=source["metadata"].get("generation", 1))

        reached = said("RegistryReachable", True, "Connected", "Successfully connected to registry")
        if problem:
            reached = said("RegistryReachable", False, "ConnectionFailed", f"Failed to connect to registry: {problem}")
        syncing = said("Syncing", False, "SyncComplete", "No new models to create")
        if made:
            syncing = said("Syncing", True, "CreatingModels", f"Creating {made} new model(s)")
        if problem and known:
            word, ready = (
                DEGRADED,
                said("Ready", False, "RegistryUnreachable", f"Registry unreachable but {known} existing model(s) remain"),
            )
        elif problem:
            word, ready = FAILED, said("Ready", False, "RegistryUnreachable", "Cannot reach registry")
        elif not found:
            word, ready = PENDING, said("Ready", False, "NoMatches", "No images match the configured filters")
        else:
            word, ready = READY, said("Ready", True, "ModelsDiscovered", f"Discovered {len(found)} model(s) matching filters")
        new = {**old, "status": word, "discoveredModels": known, "availableModels": len(found)}
        new["observedGeneration"] = source["metadata"].get("generation", 1)
        if not problem:
            new["lastSyncTime"] = clock.stamp(clock.now())
        for each in (reached, syncing, ready):
            new = with_condition(new, each)
        return new


def interval(text: str) -> float:
    """Seconds of a Go duration such as "1h30m"; an hour for what is none."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms])", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts) or 3600.0


def matching(spec: Object) -> list[Image]:
    """What the filters let through, any of them. Filters that name one image each need no registry. Raises Unreachable."""
    filters = spec.get("filters") or []
    exact = [_parsed(each["image"], spec) for each in filters if "*" not in each["image"] and _parsed(each["image"], spec).tag]
    if len(exact) == len(filters):
        return exact
    found = []
    for image in _published(spec.get("registry") or HUB):
        if any(_passes(image, each, spec) for each in filters):
            found.append(image)
    return found


def _published(registry: str) -> Iterable[Image]:
    if registry not in PUBLISHED:
        if registry.endswith(".invalid"):
            raise Unreachable(f'Get "https://{registry}/v2/": dial tcp: lookup {registry} on 10.96.0.10:53: no such host')
        raise Unreachable(f"GET https://{registry}/v2/_catalog: UNAUTHORIZED: authentication required")
    for repository, tags in PUBLISHED[registry].items():
        yield from (Image(registry, repository, tag) for tag in tags)


def _parsed(text: str, spec: Object) -> Image:
    """A filter as registry, pattern of the repository, and tag; "" for a tag that it does not name."""
    first, _, rest = text.partition("/")
    registry, name = (first, rest) if "." in first and rest else (spec.get("registry") or HUB, text)
    repository, colon, tag = name.rpartition(":")
    return Image(registry, repository, tag) if colon else Image(registry, name, "")


def _passes(image: Image, asked: Object, spec: Object) -> bool:
    wanted = _parsed(asked["image"], spec)
    if wanted.registry != image.registry or not fnmatchcase(image.repository, wanted.repository.replace("[", "[[]").replace("?", "[?]")):
        return False
    if image.repository in (asked.get("exclude") or []):
        return False
    if wanted.tag:
        return image.tag == wanted.tag
    return all(_satisfies(image.tag, each) for each in asked.get("versions") or spec.get("versions") or [])


def _satisfies(tag: str, constraint: str) -> bool:
    """Is it a version of three numbers that the constraint allows? One that cannot be read allows all."""
    version = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", tag)
    if version is None:
        return False
    for part in constraint.split():
        asked = re.fullmatch(r"(>=|<=|>|<|=|==|!=|)v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", part)
        if asked is None:
            continue
        mine, theirs = tuple(map(int, version.groups())), tuple(int(number or 0) for number in asked.groups()[1:])
        ways = {">=": mine >= theirs, "<=": mine <= theirs, ">": mine > theirs, "<": mine < theirs, "!=": mine != theirs}
        if not ways.get(asked[1], mine == theirs):
            return False
    return True


def model_name(image: Image) -> str:
    return derived(image.repository, image.tag, source=image.registry)[:-2]  # six digits, not eight


def model(source: Object, image: Image) -> Object:
    owner = {key: value for key, value in owner_reference(source).items() if key != "controller"}
    return {
        "metadata": {
            "name": model_name(image),
            "labels": {LABEL: source["metadata"]["name"], f"{PREFIX}/origin": "auto-generated"},
            "annotations": {
                f"{PREFIX}/source-registry": image.registry,
                f"{PREFIX}/source-repository": image.repository,
                f"{PREFIX}/source-tag": image.tag,
            },
            "ownerReferences": [{**owner, "blockOwnerDeletion": False}],
        },
        "spec": {"image": image.uri, **given(imagePullSecrets=source["spec"].get("imagePullSecrets"))},
    }
