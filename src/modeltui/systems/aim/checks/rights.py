"""What AIM Engine lets others do so that a download can tell how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems.aim.types import ARTIFACTS, AimObject
from modeltui.systems.protocol import Facts

ROLE_BINDING: Final = "aim-engine-artifact-status-updater"


def first_download(wanted: AimObject, resource: Resource, facts: Facts) -> Iterator[Finding]:
    """Of an object that is not there yet, in a namespace where nothing has been fetched: later ones change nothing about it."""
    namespace, name = wanted.metadata.key
    if not facts.known(ARTIFACTS, namespace) or any(True for _ in facts.all(ARTIFACTS, namespace)):
        return
    if facts.get(resource, namespace, name) is not None:
        return
    yield Finding(
        Severity.INFO,
        f"The first weights that are fetched into namespace {namespace} bring RoleBinding {ROLE_BINDING} along: whatever runs there as "
        "ServiceAccount default may then change the status of AIMArtifacts.",
        "Let other pods of the namespace run as ServiceAccounts of their own.",
        "metadata.namespace",
    )
