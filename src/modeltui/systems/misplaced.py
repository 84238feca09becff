"""A kind that a system has, in a group that is not the system's, or under a name of former times: what is meant, and what would come
of it with that put right.

Pure. Early drafts of an API, and what was written from memory, name groups that no cluster serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems import registry
from modeltui.systems.checking import errors_first
from modeltui.systems.facts import FactTable
from modeltui.systems.protocol import View

PUT_RIGHT: Final = "With the group put right:"
_ALIKE: Final = 0.75
_FORMER_GROUPS: Final = {"aim.silogen.ai": "aim.eai.amd.com"}
"""That have nothing in common with those of today."""
_FORMER_KINDS: Final = {"AIMModelCache": "AIMArtifact"}


def findings(manifest: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Nothing for a kind that no system has, or that stands in the right group, or in one that has nothing to do with it."""
    version, kind = str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
    group, today = version.rpartition("/")[0], _FORMER_KINDS.get(kind, kind)
    wrong = _akin if today == kind else (lambda said, right: said == right or _akin(said, right))
    found = next((view for view in registry.kinds() if view.resource.kind == today and wrong(group, view.resource.group)), None)
    return () if found is None else errors_first(_of(manifest, group, version.rpartition("/")[2], found))


def _akin(said: str, right: str) -> bool:
    if said == right or not said or not right:
        return False
    if said in _FORMER_GROUPS:
        return _FORMER_GROUPS[said] == right
    return said.endswith(f".{right}") or right.endswith(f".{said}") or SequenceMatcher(None, said, right).ratio() >= _ALIKE


def _of(manifest: Mapping[str, Any], group: str, version: str, view: View) -> Iterator[Finding]:
    meant = next((one for one in (view, *view.older) if one.resource.version == version), view)
    right, kind = meant.resource, str(manifest.get("kind", ""))
    if group != right.group:
        yield Finding(
            Severity.ERROR,
            f"The group of {right.kind} is {right.group}; {group} is served by no cluster.",
            f"Write apiVersion: {right.api_version}.",
            "apiVersion",
        )
    if kind != right.kind:
        yield Finding(
            Severity.ERROR, f"{kind} is called {right.kind} by now; the old name is not served.", f"Write kind: {right.kind}.", "kind"
        )
    if meant.check is None:
        return
    for finding in meant.check({**manifest, "apiVersion": right.api_version, "kind": right.kind}, FactTable()):
        if finding.severity is Severity.ERROR:
            yield replace(finding, reason=f"{PUT_RIGHT} {finding.reason}")


def told(manifest: Mapping[str, Any]) -> str:
    """The same in one line, which ends in a full stop; "" when there is nothing to say."""
    found = findings(manifest)
    if not found:
        return ""
    first, *others = (finding.reason for finding in found)
    then = [f"{PUT_RIGHT} {' '.join(reason.removeprefix(PUT_RIGHT).strip() for reason in others)}"] if others else []
    return " ".join((first, *then, *dict.fromkeys(finding.remedy for finding in found if finding.remedy)))
