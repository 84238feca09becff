"""What makes a CustomResourceDefinition invalid: its names, versions, columns, scale and selectable fields. Schemas: structural_rules.py.

A single version's parts are reported where the older form of the API had them (spec.validation, spec.subresources ...): that is the
form in which upstream validates, whatever was sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import dig
from modeltui.demo.errors import Object
from modeltui.demo.schema import ErrorType, FieldError, structural
from modeltui.demo.storage import encode
from modeltui.demo.strategies.structural_rules import schema_errors

_LABEL = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_LABEL_RULE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
    "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_PATH = re.compile(r"\.\S.*")


_found_valid: set[bytes] = set()
"""Digests of the definitions that nothing is wrong with: looking through a long schema takes a tenth of a second, and each comes twice."""


def definition_errors(crd: Object) -> list[FieldError]:
    """What keeps a definition from being stored."""
    about = {"name": crd["metadata"].get("name"), "annotations": crd["metadata"].get("annotations"), "spec": crd.get("spec")}
    digest = hashlib.sha256(encode(about)).digest()
    if digest in _found_valid:
        return []
    wrong = _errors(crd)
    if not wrong:
        _found_valid.add(digest)
    return wrong


def _errors(crd: Object) -> list[FieldError]:
    spec = crd.get("spec") or {}
    wrong = [*_names(crd, spec), *_versions(spec), *_conversion(spec)]
    versions = [version for version in spec.get("versions") or [] if isinstance(version, dict)]
    for index, version in enumerate(versions):
        wrong += _version(version, "spec" if len(versions) == 1 else f"spec.versions[{index}]", single=len(versions) == 1)
    return wrong


def _names(crd: Object, spec: Object) -> Iterator[FieldError]:
    names, group = spec.get("names") or {}, spec.get("group", "")
    if crd["metadata"].get("name") and crd["metadata"]["name"] != f"{names.get('plural', '')}.{group}":
        yield metadata.wrong_value("metadata.name", crd["metadata"]["name"], 'must be spec.names.plural+"."+spec.group')
    if not group:
        yield metadata.required("spec.group")
    elif problems := metadata.subdomain(group):
        yield metadata.wrong_value("spec.group", group, problems[0])
    elif "." not in group:
        yield metadata.wrong_value("spec.group", group, "should be a domain with at least one dot")
    approval = "api-approved.kubernetes.io"
    if group.endswith((".k8s.io", ".kubernetes.io")) and not dig(crd, "metadata", "annotations", approval):
        told = f'protected groups must have approval annotation "{approval}", see https://github.com/kubernetes/enhancements/pull/1111'
        yield metadata.required(f"metadata.annotations[{approval}]", told)
    if not spec.get("scope"):
        yield metadata.required("spec.scope")
    elif spec["scope"] not in ("Cluster", "Namespaced"):
        yield metadata.unsupported("spec.scope", spec["scope"], ["Cluster", "Namespaced"])
    for part in ("plural", "singular", "kind", "listKind"):
        name = names.get(part) or ""
        if not name:
            yield metadata.required(f"spec.names.{part}")
        elif not _LABEL.fullmatch(name.lower() if "ind" in part else name) or len(name) > 63:
            yield metadata.wrong_value(f"spec.names.{part}", name, _LABEL_RULE)
    for part in ("shortNames", "categories"):
        for index, name in enumerate(names.get(part) or []):
            if not _LABEL.fullmatch(name):
                yield metadata.wrong_value(f"spec.names.{part}[{index}]", name, _LABEL_RULE)
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        yield metadata.wrong_value("spec.names.listKind", names["listKind"], "kind and listKind may not be the same")


def _versions(spec: Object) -> Iterator[FieldError]:
    versions = spec.get("versions") or []
    names = [version.get("name", "") for version in versions]
    for index, name in enumerate(names):
        if not _LABEL.fullmatch(name):
            yield metadata.wrong_value(f"spec.versions[{index}].name", name, _LABEL_RULE)
        if versions[index].get("deprecationWarning") and not versions[index].get("deprecated"):
            at = f"spec.versions[{index}].deprecationWarning"
            yield metadata.wrong_value(at, versions[index]["deprecationWarning"], "can only be set for deprecated versions")
    if len(set(names)) != len(names):
        yield metadata.wrong_value("spec.versions", versions, "must contain unique version names")
    stored = [version for version in versions if version.get("storage")]
    if len(stored) != 1:
        yield metadata.wrong_value("spec.versions", versions or None, "must have exactly one version marked as storage version")
        yield metadata.wrong_value("status.storedVersions", None, "must have at least one stored version")
    if names and not _LABEL.fullmatch(names[0]):
        yield metadata.wrong_value("spec.version", names[0], _LABEL_RULE)


def _conversion(spec: Object) -> Iterator[FieldError]:
    conversion = spec.get("conversion") or {}
    strategy = conversion.get("strategy") or "None"
    if strategy not in ("None", "Webhook"):
        yield metadata.unsupported("spec.conversion.strategy", strategy, ["None", "Webhook"])
    if strategy == "Webhook":
        if not dig(conversion, "webhook", "clientConfig"):
            yield metadata.required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook")
        if not dig(conversion, "webhook", "conversionReviewVersions"):
            yield metadata.required("spec.conversion.conversionReviewVersions")
    if spec.get("preserveUnknownFields"):
        told = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        yield metadata.wrong_value("spec.preserveUnknownFields", True, told)


def _version(version: Object, at: str, *, single: bool) -> Iterator[FieldError]:
    schema = dig(version, "schema", "openAPIV3Schema")
    if not isinstance(schema, dict):
        place = "[0]" if single else at.removeprefix("spec.versions")
        yield metadata.required(f"spec.versions{place}.schema.openAPIV3Schema", "schemas are required")
    else:
        yield from schema_errors(schema, f"{at}.{'validation' if single else 'schema'}.openAPIV3Schema")
    for index, column in enumerate(version.get("additionalPrinterColumns") or []):
        yield from _column(column, f"{at}.additionalPrinterColumns[{index}]")
    scale = dig(version, "subresources", "scale")
    if isinstance(scale, dict):
        yield from _scale(scale, f"{at}.subresources.scale")
    yield from _selectable(version.get("selectableFields") or [], schema or {}, f"{at}.selectableFields")


def _column(column: Object, at: str) -> Iterator[FieldError]:
    type_, format_, path = column.get("type", ""), column.get("format", ""), column.get("jsonPath", "")
    if not column.get("name"):
        yield metadata.required(f"{at}.name")
    if not type_:
        yield metadata.required(f"{at}.type", f"must be one of {','.join(_COLUMN_TYPES)}")
    elif type_ not in _COLUMN_TYPES:
        yield metadata.wrong_value(f"{at}.type", type_, f"must be one of {','.join(_COLUMN_TYPES)}")
    if format_ and format_ not in _COLUMN_FORMATS:
        yield metadata.wrong_value(f"{at}.format", format_, f"must be one of {','.join(_COLUMN_FORMATS)}")
    yield from _simple_path(path, f"{at}.JSONPath")


def _simple_path(path: str, at: str) -> Iterator[FieldError]:
    if not path:
        yield metadata.required(at)
    elif not _PATH.fullmatch(path):
        yield metadata.wrong_value(at, path, "must be a simple json path starting with .")


def _scale(scale: Object, at: str) -> Iterator[FieldError]:
    paths = {"specReplicasPath": (".spec",), "statusReplicasPath": (".status",), "labelSelectorPath": (".spec", ".status")}
    for part, above in paths.items():
        path = scale.get(part, "")
        if not path and part == "labelSelectorPath":
            continue
        wrong = list(_simple_path(path, f"{at}.{part}"))
        if not wrong and not path.startswith(tuple(f"{each}." for each in above)):
            told = f"should be a json path under {above[0]}" if len(above) == 1 else "should be a json path under either .spec or .status"
            wrong = [metadata.wrong_value(f"{at}.{part}", path, told)]
        yield from wrong


def _selectable(fields: list[Any], schema: Object, at: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, field in enumerate(fields):
        path = field.get("jsonPath", "")
        below: Any = schema
        for name in path.split(".")[1:]:
            below = structural.properties(below or {}).get(name)
        if path in seen:
            yield FieldError(ErrorType.DUPLICATE, f"{at}[{index}].jsonPath", path)
        elif not below or path.startswith(".metadata"):
            yield metadata.wrong_value(f"{at}[{index}].jsonPath", path, "is an invalid path: does not refer to a valid field")
        elif below.get("type") not in ("string", "boolean", "integer"):
            told = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
            yield metadata.wrong_value(f"{at}[{index}].jsonPath", path, told)
        seen.add(path)
