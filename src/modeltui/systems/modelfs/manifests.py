"""Answers -> manifest of a Model, and back. Pure.

The manifest is the whole object as it shall become: the live one with the answers laid over it. What no answer speaks of (fields
of a newer CRD, of other field managers, in versions too) stays, and so does the spelling of what an answer does not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from modeltui.systems.core.types import LabelSelector
from modeltui.systems.manifest import Manifest, begun, lay, part
from modeltui.systems.modelfs.answers import (
    ModelAnswers,
    RequirementAnswers,
    SelectorAnswers,
    ShareAnswers,
    StorageAnswers,
    VersionAnswers,
)
from modeltui.systems.modelfs.types import ABSENT, MODELS, PRESENT, Model, Share, Storage, Version
from modeltui.systems.showing import unshowable

_NOTHING: Final = ModelAnswers()


def model(answers: ModelAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that the form cannot show."""
    desired = begun(MODELS, name=answers.name, namespace=answers.namespace, live=live)
    before = _NOTHING if live is None else answers_of(live)
    spec = part(desired, "spec")
    lay(spec, "sourceRef", answers.source_ref, when=live is None or answers.source_ref != before.source_ref)
    shown = (answers.description, answers.tags, answers.logo_url)
    if shown != (before.description, before.tags, before.logo_url):
        display = part(spec, "display")
        lay(display, "description", answers.description or None, when=answers.description != before.description)
        lay(display, "tags", list(answers.tags) or None, when=answers.tags != before.tags)
        lay(display, "logoURL", answers.logo_url or None, when=answers.logo_url != before.logo_url)
        lay(spec, "display", None, when=not display)
    there = dict(_counted(zip(before.versions, spec.get("versions") or (), strict=True)))
    written = []
    for place, (entry, _) in _counted((entry, None) for entry in answers.versions):
        known = there.get(place)
        written.append(_version(entry, *known) if known else version(entry))
    lay(spec, "versions", written, when=live is None or answers.versions != before.versions)
    return desired


def _counted(entries: Iterable[tuple[VersionAnswers, Any]]) -> Iterator[tuple[tuple[str, int], tuple[VersionAnswers, Any]]]:
    """Each with its name and the how-maniest of that name it is: the API does not keep names from being given twice."""
    times: Counter[str] = Counter()
    for entry in entries:
        times[entry[0].name] += 1
        yield (entry[0].name, times[entry[0].name]), entry


def version(answers: VersionAnswers) -> dict[str, Any]:
    """An entry of spec.versions that is not there yet."""
    return _version(answers, None, {})


def _version(answers: VersionAnswers, before: VersionAnswers | None, live: Mapping[str, Any]) -> dict[str, Any]:
    """`before` is what the live entry says; None when there is none."""
    entry = dict(live)
    old = before or VersionAnswers()
    new = before is None
    lay(entry, "name", answers.name, when=new)
    lay(entry, "repo", answers.repo, when=new or answers.repo != old.repo)
    lay(entry, "revision", answers.revision or None, when=answers.revision != old.revision)
    lay(entry, "precision", answers.precision or None, when=answers.precision != old.precision)
    lay(entry, "metadata", dict(answers.metadata) or None, when=answers.metadata != old.metadata)
    if answers.storage != old.storage:
        lay(entry, "storage", _storage(answers.storage, old.storage, entry.get("storage")), when=True)
    lay(entry, "state", answers.state, when=new or answers.state != old.state)
    if answers.share != old.share:
        lay(entry, "share", _share(answers.share, old.share, entry.get("share")), when=True)
    return entry


def _storage(answers: StorageAnswers | None, before: StorageAnswers | None, live: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if answers is None:
        return None
    entry, old = dict(live or {}), before or StorageAnswers()
    lay(entry, "accessModes", list(answers.access_modes) or None, when=answers.access_modes != old.access_modes)
    lay(entry, "storageClassName", answers.storage_class_name, when=answers.storage_class_name != old.storage_class_name)
    resources = entry["resources"] = dict(entry.get("resources") or {})
    requests = dict(resources.get("requests") or {})
    lay(requests, "storage", answers.size or None, when=answers.size != old.size)
    lay(resources, "requests", requests or None, when=requests != (resources.get("requests") or {}))
    return entry


def _share(answers: ShareAnswers | None, before: ShareAnswers | None, live: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if answers is None:
        return None
    entry, old = dict(live or {}), before or ShareAnswers()
    lay(entry, "enabled", answers.enabled, when="enabled" not in entry or answers.enabled != old.enabled)
    chosen = answers.namespace_selector
    lay(entry, "namespaceSelector", selector(chosen) if chosen else None, when=chosen != old.namespace_selector)
    lay(
        entry,
        "requireOptInLabel",
        answers.require_opt_in_label or None,
        when=answers.require_opt_in_label != old.require_opt_in_label,
    )
    return entry


def selector(answers: SelectorAnswers) -> dict[str, Any]:
    """A LabelSelector; {} selects everything."""
    entry: dict[str, Any] = {}
    if answers.match_labels:
        entry["matchLabels"] = dict(answers.match_labels)
    if answers.match_expressions:
        entry["matchExpressions"] = [_requirement(requirement) for requirement in answers.match_expressions]
    return entry


def _requirement(answers: RequirementAnswers) -> dict[str, Any]:
    """Exists and DoesNotExist take no values: the API refuses even an empty list less kindly than none."""
    entry: dict[str, Any] = {"key": answers.key, "operator": answers.operator}
    return entry | {"values": list(answers.values)} if answers.values else entry


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> ModelAnswers:
    """What the form shows of a Model. Raises AnswersError when it is one of a shape that this console does not know."""
    try:
        known = msgspec.convert({key: value for key, value in live.items() if key != "status"}, Model)
    except msgspec.ValidationError as error:
        raise unshowable(str(error)) from error
    return ModelAnswers(
        name=known.metadata.name,
        namespace=known.metadata.namespace,
        source_ref=known.spec.source_ref,
        description=known.spec.display.description,
        tags=known.spec.display.tags,
        logo_url=known.spec.display.logo_url,
        versions=tuple(_version_of(entry) for entry in known.spec.versions),
    )


def _version_of(entry: Version) -> VersionAnswers:
    if entry.state != PRESENT and entry.state != ABSENT:
        raise unshowable(f'state "{entry.state}" of version {entry.name} is not known')
    return VersionAnswers(
        name=entry.name,
        repo=entry.repo,
        revision=entry.revision,
        precision=entry.precision,
        state=ABSENT if entry.state == ABSENT else PRESENT,
        storage=_storage_of(entry.storage) if entry.storage else None,
        share=_share_of(entry.share) if entry.share else None,
        metadata=entry.metadata,
    )


def _storage_of(storage: Storage) -> StorageAnswers:
    size = storage.resources.requests.get("storage")
    return StorageAnswers(
        size="" if size is None else str(size),
        storage_class_name=storage.storage_class_name,
        access_modes=storage.access_modes,
    )


def _share_of(share: Share) -> ShareAnswers:
    chosen = share.namespace_selector
    return ShareAnswers(
        enabled=share.enabled,
        namespace_selector=selector_of(chosen) if chosen is not None else None,
        require_opt_in_label=share.require_opt_in_label,
    )


def selector_of(chosen: LabelSelector) -> SelectorAnswers:
    """Raises AnswersError for an operator that Kubernetes does not know."""
    try:
        return msgspec.convert(msgspec.to_builtins(chosen), SelectorAnswers)
    except msgspec.ValidationError as error:
        raise unshowable(f"a selector says {error}") from error
