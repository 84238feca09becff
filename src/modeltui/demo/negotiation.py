"""Bodies: which form the client asked for by Accept, and how a body is read by its Content-Type."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from modeltui.demo import errors, protobuf, yaml_reading
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
READABLE = (JSON, YAML, PROTOBUF)
"""What built-in kinds are read from; custom resources are never protobuf."""
GZIP_FROM = 128 * 1024
"""Bytes; smaller answers are sent as they are, as upstream does."""

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Accepted:
    """`rendering` is "", "Table", "PartialObjectMetadata" or "PartialObjectMetadataList"; `version` that of the rendering's group."""

    media: str = JSON
    rendering: str = ""
    version: str = "v1"
    discovery: str = ""
    """The version of apidiscovery.k8s.io asked for: "v2", "v2beta1", or "" for the plain documents."""


def accepted(header: str, *, custom: bool = False) -> Accepted:
    """The best form in the Accept header that is served; of `custom` resources also as "application/*". Raises 406."""
    if not header.strip():
        return Accepted()
    for media, parameters in sorted(map(_clause, header.split(",")), key=_quality, reverse=True):
        media = JSON if media == "*/*" or (custom and media == "application/*") else media
        if media not in (JSON, YAML):
            continue
        rendering = parameters.get("as", "")
        if not rendering:
            return Accepted(media)
        if parameters.get("g") == "apidiscovery.k8s.io" and rendering == "APIGroupDiscoveryList" and parameters.get("v") == "v2":
            return Accepted(media, discovery=parameters["v"])
        if (
            parameters.get("g") == "meta.k8s.io"
            and rendering in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
            and parameters.get("v") in ("v1", "v1beta1")
        ):
            return Accepted(media, rendering, parameters["v"])
    raise errors.not_acceptable((JSON, YAML))


def _clause(text: str) -> tuple[str, dict[str, str]]:
    """The media type and its parameters."""
    media, *rest = (part.strip() for part in text.split(";"))
    return media, dict(part.split("=", 1) for part in rest if "=" in part)


def _quality(clause: tuple[str, dict[str, str]]) -> float:
    try:
        return float(clause[1].get("q", "1"))
    except ValueError:
        return 1.0


def render(value: Any, media: str) -> bytes:
    """`value` (or its JSON, as bytes) in the media type."""
    if media == YAML:
        plain = json.loads(value) if isinstance(value, bytes) else value
        return str(yaml.dump(plain, Dumper=_Dumper, sort_keys=True, allow_unicode=True)).encode()
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


def media_type(header: str) -> str:
    """Of a Content-Type; JSON when there is none."""
    return header.partition(";")[0].strip().lower() or JSON


def read(body: bytes, media: str, *, readable: Iterable[str], what: str) -> Any:
    """The value of a body. `what` is the kind expected. Raises 400 or 415."""
    if media not in readable:
        raise errors.unsupported_media(readable)
    if media == PROTOBUF:
        try:
            return protobuf.decode(body)
        except protobuf.ProtobufProblem as problem:
            raise errors.bad_request(f"the object provided is unrecognized (must be of type {what}): {problem}") from None
    if media == YAML or media.endswith("+yaml"):
        try:
            return yaml_reading.load(body)
        except yaml_reading.YamlProblem as problem:
            raise errors.bad_request(f"error decoding YAML: {problem}") from None
    try:
        return json.loads(body)
    except ValueError as error:
        shown = body[:400].decode("utf-8", "replace")
        told = "unexpected end of JSON input" if _is_cut(body, error) else f"invalid JSON: {error}"
        sentence = (
            f"the object provided is unrecognized (must be of type {what}): couldn't get version/kind; json parse error: {told} ({shown})"
        )
        raise errors.bad_request(sentence) from None


def _is_cut(body: bytes, error: ValueError) -> bool:
    return isinstance(error, json.JSONDecodeError) and error.pos >= len(body.rstrip())


def read_object(body: bytes, header: str, target: Target) -> Object:
    """The object of a create or update. Raises 400 or 415."""
    kind = target.kind.kind
    value = read(body, media_type(header), readable=READABLE if not target.kind.custom else (JSON, YAML), what=kind)
    if value is None and not target.kind.custom:
        return {}  # null is nothing, of which a typed object says what is missing
    if not isinstance(value, dict):
        shown = body[:400].decode("utf-8", "replace")
        raise errors.bad_request(f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; ({shown})")
    return value
