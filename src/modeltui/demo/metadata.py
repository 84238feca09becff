"""metadata of every object: what the server sets, and the rules for names, labels, annotations, owners and finalizers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from modeltui.demo import clock
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'example.com', regex used for validation is "
    rf"'{_LABEL}(\.{_LABEL})*')"
)
LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
    f"character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
NAME_PART_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    f"alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({_QUALIFIED})?')"
)
ANNOTATIONS_LIMIT = 256 * 1024
MANAGER_LIMIT = 128
"""Bytes of a field manager's name."""
_STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion", "customresourcecleanup.apiextensions.k8s.io")

NameRule = Callable[[str], list[str]]
"""The sentences that say what is wrong with a name."""


def now() -> str:
    """The time as metadata writes it."""
    return clock.stamp(clock.now())


def generated_name(prefix: str) -> str:
    """`prefix` and five letters, without vowels and look-alikes."""
    return prefix[:58] + "".join(random.choices("bcdfghjklmnpqrstvwxz2456789", k=5))


def subdomain(name: str) -> list[str]:
    wrong = ["must be no more than 253 characters"] if len(name) > 253 else []
    return wrong if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", name) else [*wrong, SUBDOMAIN_RULE]


def label(name: str) -> list[str]:
    wrong = ["must be no more than 63 characters"] if len(name) > 63 else []
    return wrong if re.fullmatch(_LABEL, name) else [*wrong, LABEL_RULE]


def path_segment(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{part}'" for part in "/%" if part in name]


def qualified_name(key: str) -> list[str]:
    """What is wrong with a label's, annotation's or finalizer's key, "prefix/name" or "name"."""
    parts = key.split("/")
    if len(parts) > 2:
        return [
            f"a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            f"character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}') with an optional "
            "DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    wrong: list[str] = []
    if len(parts) == 2:
        if not parts[0]:
            wrong.append("prefix part must be non-empty")
        else:
            wrong += [f"prefix part {sentence}" for sentence in subdomain(parts[0])]
    name = parts[-1]
    if not name:
        wrong.append("name part must be non-empty")
    elif len(name) > 63:
        wrong.append("name part must be no more than 63 characters")
    if not re.fullmatch(_QUALIFIED, name):
        wrong.append(NAME_PART_RULE)
    return wrong


def wrong_value(field: str, value: Any, sentence: str) -> FieldError:
    return FieldError(ErrorType.INVALID, field, value, sentence)


def required(field: str, sentence: str = "") -> FieldError:
    return FieldError(ErrorType.REQUIRED, field, None, sentence)


def forbidden(field: str, sentence: str) -> FieldError:
    return FieldError(ErrorType.FORBIDDEN, field, None, sentence)


def unsupported(field: str, value: Any, supported: list[str]) -> FieldError:
    listed = ", ".join(f'"{each}"' for each in supported)
    return FieldError(ErrorType.NOT_SUPPORTED, field, value, f"supported values: {listed}")


def too_long(field: str, limit: int) -> FieldError:
    return FieldError(ErrorType.TOO_LONG, field, None, f"may not be more than {limit} bytes")


def check_embedded(obj: Object, at: str) -> list[FieldError]:
    """What is wrong with an object that stands in a field of another one."""
    wrong: list[FieldError] = []
    meta = obj.get("metadata") or {}
    name, namespace = meta.get("name") or "", meta.get("namespace") or ""
    wrong += [wrong_value("metadata.name", name, sentence) for sentence in path_segment(name)]
    if namespace:
        wrong += [wrong_value("metadata.namespace", namespace, sentence) for sentence in label(namespace)]
    wrong += [*check_labels(meta.get("labels") or {}, "metadata.labels"), *_annotations(meta), *_owners(meta)]
    wrong += _finalizers(meta, custom=True)
    version, kind = obj.get("apiVersion"), obj.get("kind")
    if version is not None and not version:
        wrong.append(wrong_value("apiVersion", version, "must not be empty"))
    elif version is not None and version.count("/") > 1:
        wrong.append(wrong_value("apiVersion", version, f"unexpected GroupVersion string: {version}"))
    if kind is not None and not kind:
        wrong.append(wrong_value("kind", kind, "must not be empty"))
    elif kind is not None and not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", kind.lower()):
        wrong.append(wrong_value("kind", kind, "may have mixed case, but should otherwise match: a DNS-1035 label"))
    return [replace(error, field=f"{at}.{error.field}") for error in wrong]


def check(meta: Object, *, namespaced: bool, name_rule: NameRule, custom: bool = False) -> list[FieldError]:
    """Everything wrong with the metadata of an object to be stored."""
    wrong: list[FieldError] = []
    name, prefix = meta.get("name") or "", meta.get("generateName") or ""
    if prefix:
        masked = f"{prefix[:-1]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix  # a dash may stand before what is generated
        wrong += [wrong_value("metadata.generateName", prefix, sentence) for sentence in name_rule(masked)]
    if not name:
        wrong.append(required("metadata.name", "name or generateName is required"))
    else:
        wrong += [wrong_value("metadata.name", name, sentence) for sentence in name_rule(name)]
    if namespaced and not meta.get("namespace"):
        wrong.append(required("metadata.namespace"))
    elif not namespaced and meta.get("namespace"):
        wrong.append(forbidden("metadata.namespace", "not allowed on this type"))
    return [
        *wrong,
        *check_labels(meta.get("labels") or {}, "metadata.labels"),
        *_annotations(meta),
        *_owners(meta),
        *_finalizers(meta, custom=custom),
        *_managers(meta),
    ]


def _managers(meta: Object) -> list[FieldError]:
    entries = enumerate(meta.get("managedFields") or [])
    return [
        too_long(f"metadata.managedFields[{index}].manager", MANAGER_LIMIT)
        for index, entry in entries
        if len(entry.get("manager", "").encode()) > MANAGER_LIMIT
    ]


def check_labels(labels: dict[str, str], field: str) -> list[FieldError]:
    wrong: list[FieldError] = []
    for key, value in sorted(labels.items()):
        wrong += [wrong_value(field, key, sentence) for sentence in qualified_name(key)]
        if len(value) > 63:
            wrong.append(wrong_value(field, value, "must be no more than 63 characters"))
        if value and not re.fullmatch(_QUALIFIED, value):
            wrong.append(wrong_value(field, value, VALUE_RULE))
    return wrong


def _annotations(meta: Object) -> list[FieldError]:
    annotations: dict[str, str] = meta.get("annotations") or {}
    wrong = [wrong_value("metadata.annotations", key, sentence) for key in sorted(annotations) for sentence in qualified_name(key.lower())]
    if sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items()) > ANNOTATIONS_LIMIT:
        wrong.append(too_long("metadata.annotations", ANNOTATIONS_LIMIT))
    return wrong


def _owners(meta: Object) -> list[FieldError]:
    wrong: list[FieldError] = []
    owners, at = meta.get("ownerReferences") or [], "metadata.ownerReferences"
    for owner in owners:
        group, _, version = owner.get("apiVersion", "").rpartition("/")
        if not version:
            wrong.append(wrong_value(f"{at}.apiVersion", "", "version must not be empty"))
        elif "/" in group:
            wrong.append(wrong_value(f"{at}.apiVersion", owner["apiVersion"], f"unexpected GroupVersion string: {owner['apiVersion']}"))
        wrong += [wrong_value(f"{at}.{part}", "", "must not be empty") for part in ("kind", "name", "uid") if not owner.get(part)]
        if (group, version, owner.get("kind")) == ("", "v1", "Event"):
            wrong.append(wrong_value(at, owner, "/v1, Kind=Event is disallowed from being an owner"))
    controllers = [owner.get("name", "") for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        told = f'Only one reference can have Controller set to true. Found "true" in references for {controllers[0]} and {controllers[1]}'
        wrong.append(wrong_value(at, owners, told))
    return wrong


def without_repeated_owners(meta: Object, *, when: str = "") -> str:
    """Leaves each owner in `meta` once. What the client is told of it; "" when there was nothing to do."""
    owners = meta.get("ownerReferences") or []
    kept: list[Object] = []
    repeated: list[str] = []
    for owner in owners:
        if owner not in kept:
            kept.append(owner)
        elif owner.get("uid") not in repeated:
            repeated.append(owner.get("uid", ""))
    if not repeated:
        return ""
    meta["ownerReferences"] = kept
    return (
        f".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may reject such "
        f"requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {', '.join(repeated)}"
    )


def _finalizers(meta: Object, *, custom: bool) -> list[FieldError]:
    """Custom resources may have finalizers without a domain, such as Dataset's "dataset-controller"; built-in kinds may not."""
    wrong: list[FieldError] = []
    for index, finalizer in enumerate(meta.get("finalizers") or []):
        wrong += [wrong_value("metadata.finalizers", finalizer, sentence) for sentence in qualified_name(finalizer)]
        if not custom and "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            told = "name is neither a standard finalizer name nor is it fully qualified"
            wrong.append(wrong_value(f"metadata.finalizers[{index}]", finalizer, told))
    if {"orphan", "foregroundDeletion"} <= {*(meta.get("finalizers") or [])}:
        told = "finalizers orphan and foregroundDeletion cannot be both set"
        wrong.append(wrong_value("metadata.finalizers", meta["finalizers"], told))
    return wrong


def finalizer_warnings(meta: Object, old: Object | None) -> list[str]:
    """What a client is warned of, of the finalizers that it adds to a custom resource."""
    known = (old or {}).get("finalizers") or []
    plain = [each for each in meta.get("finalizers") or [] if "/" not in each and each not in _STANDARD_FINALIZERS and each not in known]
    told = []
    for each in plain:
        path = " including a path (/)" if "." in each else ""
        advice = f"prefer a domain-qualified finalizer name{path} to avoid accidental conflicts with other finalizer writers"
        told.append(f'metadata.finalizers: "{each}": {advice}')
    return told


def check_update(new: Object, old: Object) -> list[FieldError]:
    """What an update may not change in metadata."""
    wrong = [
        wrong_value(f"metadata.{part}", new.get(part), "field is immutable")
        for part in ("name", "namespace", "uid", "deletionGracePeriodSeconds")
        if new.get(part) != old.get(part)
    ]
    if old.get("deletionTimestamp"):
        added = [each for each in new.get("finalizers") or [] if each not in (old.get("finalizers") or [])]
        if added:
            listed = ", ".join(f'"{each}"' for each in added)
            told = f"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{listed}}}"
            wrong.append(forbidden("metadata.finalizers", told))
    return wrong
