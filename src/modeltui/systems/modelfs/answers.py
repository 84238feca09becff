"""What a person says of a Model, of a ModelSource and of its Secret: the answers of the forms, and of `modeltui render`.

Any answer may still be missing (a form that is half filled in can be saved and opened again); what is not fit to be written is
found by the checks, in the manifest that is made of them. The words are those of the custom resources.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from modeltui.systems.modelfs.types import PRESENT
from modeltui.systems.secret_value import SecretValue


class _Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Strict, and written short."""


class RequirementAnswers(_Answers, frozen=True, kw_only=True):
    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: tuple[str, ...] = ()


class SelectorAnswers(_Answers, frozen=True, kw_only=True):
    """A LabelSelector; an empty one selects everything."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[RequirementAnswers, ...] = ()


class ShareAnswers(_Answers, frozen=True, kw_only=True):
    enabled: bool = False
    namespace_selector: SelectorAnswers | None = None
    """None selects all namespaces."""
    require_opt_in_label: str = ""
    """"key" or "key=value" that a namespace has to carry."""


class StorageAnswers(_Answers, frozen=True, kw_only=True):
    size: str = ""
    """A quantity such as "12Gi": spec.versions[].storage.resources.requests.storage."""
    storage_class_name: str | None = None
    """None takes the cluster's default class; "" asks for a volume without one."""
    access_modes: tuple[str, ...] = ()


class VersionAnswers(_Answers, frozen=True, kw_only=True):
    name: str = ""
    repo: str = ""
    """How it is written depends on the source's type; `catalogs/source_types.yaml` says how."""
    revision: str = ""
    precision: str = ""
    state: Literal["PRESENT", "ABSENT"] = PRESENT
    storage: StorageAnswers | None = None
    share: ShareAnswers | None = None
    metadata: dict[str, str] = {}


class ModelAnswers(_Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    source_ref: str = ""
    """Name of a ModelSource in the same namespace."""
    description: str = ""
    tags: tuple[str, ...] = ()
    logo_url: str = msgspec.field(name="logoURL", default="")
    versions: tuple[VersionAnswers, ...] = ()


class SecretAnswers(_Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    values: dict[str, SecretValue] = {}
    """Every key that the Secret shall have; an unset value stays what it is in the cluster."""


class SourceAnswers(_Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    type: str = ""
    config: dict[str, str] = {}
    secret_ref: str = ""
    """Name of a Secret in the same namespace."""
    secret: SecretAnswers | None = None
    """The Secret itself, when it is to be made or changed together with the source."""
