"""DeleteOptions: how a deletion is asked for, by the body or, where there is none, by the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modeltui.demo import errors
from modeltui.demo.errors import Object
from modeltui.demo.request_info import is_true
from modeltui.demo.schema import ErrorType, FieldError

POLICIES = ("Background", "Foreground", "Orphan")
_FIELDS: dict[str, tuple[type, str]] = {
    "gracePeriodSeconds": (int, "int64"),
    "orphanDependents": (bool, "bool"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "preconditions": (dict, "v1.Preconditions"),
    "dryRun": (list, "[]string"),
}
_WORDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """`propagation` "" leaves it to the kind; `uid` and `version` are preconditions; `grace` None leaves it to the object."""

    propagation: str = ""
    uid: str = ""
    version: str = ""
    grace: int | None = None
    dry_run: bool = False


def from_body(body: Any) -> DeleteOptions:
    """Raises 400 for what is no DeleteOptions, 422 for what its fields may not say."""
    if not isinstance(body, dict):
        raise errors.bad_request(f"couldn't get version/kind; json parse error: json: cannot unmarshal {_word(body)} into Go value")
    kind = body.get("kind") or "DeleteOptions"
    if kind != "DeleteOptions":
        raise errors.bad_request(f'no kind "{kind}" is registered for version "{body.get("apiVersion", "")}" in scheme')
    for name, (type_, spelled) in _FIELDS.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, type_) or isinstance(value, bool) is not (type_ is bool)):
            raise errors.bad_request(f"json: cannot unmarshal {_word(value)} into Go struct field DeleteOptions.{name} of type {spelled}")
    return _checked(body)


def from_query(query: Mapping[str, str]) -> DeleteOptions:
    """Raises 400 or 422."""
    grace = query.get("gracePeriodSeconds")
    if grace is not None and not grace.removeprefix("-").isdecimal():
        raise errors.bad_request(f'strconv.ParseInt: parsing "{grace}": invalid syntax')
    return _checked(
        {
            "gracePeriodSeconds": int(grace) if grace is not None else None,
            "orphanDependents": is_true(query["orphanDependents"]) if "orphanDependents" in query else None,
            "propagationPolicy": query.get("propagationPolicy"),
            "preconditions": {"uid": query.get("uid"), "resourceVersion": query.get("resourceVersion")},
            "dryRun": [query["dryRun"]] if query.get("dryRun") else [],
        }
    )


def _checked(told: Object) -> DeleteOptions:
    policy, orphan, dry_run = told.get("propagationPolicy") or "", told.get("orphanDependents"), told.get("dryRun") or []
    wrong: list[FieldError] = []
    if policy and orphan is not None:
        both = "orphanDependents and deletionPropagation cannot be both set"
        wrong.append(FieldError(ErrorType.INVALID, "propagationPolicy", policy, both))
    elif policy and policy not in POLICIES:
        supported = 'supported values: "Background", "Foreground", "Orphan", "nil"'
        wrong.append(FieldError(ErrorType.NOT_SUPPORTED, "propagationPolicy", policy, supported))
    if any(each != "All" for each in dry_run):
        wrong.append(FieldError(ErrorType.NOT_SUPPORTED, "dryRun", dry_run, 'supported values: "All"'))
    if wrong:
        raise errors.invalid_options("DeleteOptions", wrong)
    if orphan is not None:
        policy = "Orphan" if orphan else "Background"
    conditions = told.get("preconditions") or {}
    return DeleteOptions(
        policy,
        uid=conditions.get("uid") or "",
        version=conditions.get("resourceVersion") or "",
        grace=told.get("gracePeriodSeconds"),
        dry_run=bool(dry_run),
    )


def _word(value: Any) -> str:
    return _WORDS.get(type(value), "null")
