"""Reading protobuf bodies: some kubectl commands (auth can-i, create namespace) send nothing else to a built-in kind.

Only what such commands can say is known here. A field that is not known is refused, never dropped in silence.
Source of the numbers: the generated.proto files of k8s.io/api and k8s.io/apimachinery.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from modeltui.demo.errors import Object

MAGIC = b"k8s\x00"

# Message -> field number -> "name type". A "?" after the type keeps a zero, as a Go pointer does; "[]" repeats; "{}" is a map from strings.
_MESSAGES: dict[str, dict[int, str]] = {
    "ObjectMeta": {
        1: "name str", 2: "generateName str", 3: "namespace str", 4: "selfLink str", 5: "uid str", 6: "resourceVersion str",
        7: "generation int", 8: "creationTimestamp -", 10: "deletionGracePeriodSeconds int?", 11: "labels {}str",
        12: "annotations {}str", 13: "ownerReferences []OwnerReference", 14: "finalizers []str",
    },
    "OwnerReference": {
        1: "kind str", 3: "name str", 4: "uid str", 5: "apiVersion str", 6: "controller bool?", 7: "blockOwnerDeletion bool?",
    },
    "SelfSubjectReview": {1: "metadata ObjectMeta", 2: "status -"},
    "SelfSubjectAccessReview": {1: "metadata ObjectMeta", 2: "spec SelfSubjectAccessReviewSpec", 3: "status -"},
    "SelfSubjectAccessReviewSpec": {1: "resourceAttributes ResourceAttributes", 2: "nonResourceAttributes NonResourceAttributes"},
    "ResourceAttributes": {
        1: "namespace str", 2: "verb str", 3: "group str", 4: "version str", 5: "resource str", 6: "subresource str", 7: "name str",
    },
    "NonResourceAttributes": {1: "path str", 2: "verb str"},
    "SelfSubjectRulesReview": {1: "metadata ObjectMeta", 2: "spec SelfSubjectRulesReviewSpec", 3: "status -"},
    "SelfSubjectRulesReviewSpec": {1: "namespace str"},
    "Namespace": {1: "metadata ObjectMeta", 2: "spec NamespaceSpec", 3: "status -"},
    "NamespaceSpec": {1: "finalizers []str"},
    "ConfigMap": {1: "metadata ObjectMeta", 2: "data {}str", 3: "binaryData {}bytes", 4: "immutable bool?"},
    "Secret": {1: "metadata ObjectMeta", 2: "data {}bytes", 3: "type str", 4: "stringData {}str", 5: "immutable bool?"},
    "ServiceAccount": {
        1: "metadata ObjectMeta", 2: "secrets []LocalObjectReference", 3: "imagePullSecrets []LocalObjectReference",
        4: "automountServiceAccountToken bool?",
    },
    "LocalObjectReference": {1: "name str"},
    "Service": {1: "metadata ObjectMeta", 2: "spec ServiceSpec", 3: "status -"},
    "ServiceSpec": {
        1: "ports []ServicePort", 2: "selector {}str", 3: "clusterIP str", 4: "type str", 5: "externalIPs []str",
        7: "sessionAffinity str", 8: "loadBalancerIP str", 9: "loadBalancerSourceRanges []str", 10: "externalName str",
        11: "externalTrafficPolicy str", 12: "healthCheckNodePort int", 13: "publishNotReadyAddresses bool", 17: "ipFamilyPolicy str",
        18: "clusterIPs []str", 19: "ipFamilies []str",
    },
    "ServicePort": {
        1: "name str", 2: "protocol str", 3: "port int", 4: "targetPort IntOrString", 5: "nodePort int", 6: "appProtocol str",
    },
    "Deployment": {1: "metadata ObjectMeta", 2: "spec DeploymentSpec", 3: "status -"},
    "DeploymentSpec": {
        1: "replicas int?", 2: "selector LabelSelector", 3: "template PodTemplateSpec", 4: "strategy DeploymentStrategy",
        5: "minReadySeconds int", 6: "revisionHistoryLimit int?", 7: "paused bool", 9: "progressDeadlineSeconds int?",
    },
    "DeploymentStrategy": {1: "type str"},
    "LabelSelector": {1: "matchLabels {}str", 2: "matchExpressions []LabelSelectorRequirement"},
    "LabelSelectorRequirement": {1: "key str", 2: "operator str", 3: "values []str"},
    "Job": {1: "metadata ObjectMeta", 2: "spec JobSpec", 3: "status -"},
    "JobSpec": {
        1: "parallelism int?", 2: "completions int?", 3: "activeDeadlineSeconds int?", 4: "selector LabelSelector",
        5: "manualSelector bool?", 6: "template PodTemplateSpec", 7: "backoffLimit int?", 8: "ttlSecondsAfterFinished int?",
        9: "completionMode str", 10: "suspend bool?",
    },
    "PodTemplateSpec": {1: "metadata ObjectMeta", 2: "spec PodSpec"},
    "Pod": {1: "metadata ObjectMeta", 2: "spec PodSpec", 3: "status -"},
    "PodSpec": {
        2: "containers []Container", 3: "restartPolicy str", 4: "terminationGracePeriodSeconds int?", 5: "activeDeadlineSeconds int?",
        6: "dnsPolicy str", 7: "nodeSelector {}str", 8: "serviceAccountName str", 9: "serviceAccount str", 10: "nodeName str",
        11: "hostNetwork bool", 12: "hostPID bool", 13: "hostIPC bool", 15: "imagePullSecrets []LocalObjectReference",
        16: "hostname str", 17: "subdomain str", 19: "schedulerName str", 20: "initContainers []Container",
        21: "automountServiceAccountToken bool?",
    },
    "Container": {
        1: "name str", 2: "image str", 3: "command []str", 4: "args []str", 5: "workingDir str", 6: "ports []ContainerPort",
        7: "env []EnvVar", 8: "resources ResourceRequirements", 13: "terminationMessagePath str", 14: "imagePullPolicy str",
        16: "stdin bool", 17: "stdinOnce bool", 18: "tty bool", 20: "terminationMessagePolicy str",
    },
    "ContainerPort": {1: "name str", 2: "hostPort int", 3: "containerPort int", 4: "protocol str", 5: "hostIP str"},
    "EnvVar": {1: "name str", 2: "value str"},
    "ResourceRequirements": {1: "limits {}Quantity", 2: "requests {}Quantity"},
}  # fmt: skip


class ProtobufProblem(ValueError):
    """A body that is not protobuf, or says what is not known here."""


def decode(body: bytes) -> Object:
    """The object in an envelope of Kubernetes' protobuf encoding. Raises ProtobufProblem."""
    if not body.startswith(MAGIC):
        raise ProtobufProblem("the body does not begin as Kubernetes' protobuf does")
    envelope = dict(_fields(body[len(MAGIC) :]))
    about = {number: _text(value) for number, value in _fields(_bytes(envelope.get(1, b"")))}
    kind = about.get(2, "")
    if kind not in _MESSAGES:
        raise ProtobufProblem(f"{kind or 'this kind'} is not known in protobuf; send JSON")
    return {"apiVersion": about.get(1, ""), "kind": kind, **_message(kind, _bytes(envelope.get(2, b"")))}


def _message(name: str, data: bytes) -> Object:
    known = _MESSAGES[name]
    found: Object = {}
    for number, raw in _fields(data):
        if number not in known:
            if raw in (b"", 0):
                continue
            raise ProtobufProblem(f"field {number} of {name} is not known in protobuf; send JSON")
        field, _, type_ = known[number].partition(" ")
        _put(found, field, type_, raw)
    return found


def _put(found: Object, field: str, type_: str, raw: int | bytes) -> None:
    if type_ == "-":
        return
    if type_.startswith("[]"):
        found.setdefault(field, []).append(_value(type_[2:], raw))
    elif type_.startswith("{}"):
        entry = dict(_fields(_bytes(raw)))
        found.setdefault(field, {})[_text(entry.get(1, b""))] = _value(type_[2:], entry.get(2, b""))
    else:
        value = _value(type_.rstrip("?"), raw)
        if type_.endswith("?") or value not in ("", 0, False, {}, None):
            found[field] = value


def _value(type_: str, raw: int | bytes) -> Any:
    match type_:
        case "str":
            return _text(raw)
        case "bytes":
            return base64.b64encode(_bytes(raw)).decode()
        case "int":
            return _signed(raw)
        case "bool":
            return bool(raw)
        case "Quantity":
            return _text(dict(_fields(_bytes(raw))).get(1, b""))
        case "IntOrString":
            parts = dict(_fields(_bytes(raw)))
            return _text(parts.get(3, b"")) if parts.get(1) else _signed(parts.get(2, 0))
    return _message(type_, _bytes(raw))


def _signed(raw: int | bytes) -> int:
    if isinstance(raw, bytes):
        raise ProtobufProblem("a number was expected")
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def _bytes(raw: int | bytes) -> bytes:
    if isinstance(raw, int):
        raise ProtobufProblem("bytes were expected, not a number")
    return raw


def _text(raw: int | bytes) -> str:
    try:
        return _bytes(raw).decode()
    except UnicodeDecodeError as error:
        raise ProtobufProblem("a string is not UTF-8") from error


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, raw value) of a message: varints as numbers, everything else as bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        match tag & 7:
            case 0:
                value, at = _varint(data, at)
                yield tag >> 3, value
            case 1 | 5 as fixed:
                size = 8 if fixed == 1 else 4
                yield tag >> 3, _slice(data, at, size)
                at += size
            case 2:
                size, at = _varint(data, at)
                yield tag >> 3, _slice(data, at, size)
                at += size
            case other:
                raise ProtobufProblem(f"wire type {other} is unknown")


def _slice(data: bytes, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise ProtobufProblem("the body ends too early")
    return data[at : at + size]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ProtobufProblem("the body ends too early")
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
        shift += 7
