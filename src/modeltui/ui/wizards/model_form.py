"""The questions about a Model, and the way between them and `ModelAnswers`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from modeltui.systems.modelfs.answers import ModelAnswers, ShareAnswers, StorageAnswers, VersionAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import NO, YES, Field, Form, Kind, Problem, Step, Values

NO_CLASS: Final = "(none)"
"""In place of a storage class: a volume without one, which is not the same as the cluster's default."""
ACCESS_MODES: Final = ("ReadWriteMany", "ReadWriteOnce", "ReadOnlyMany", "ReadWriteOncePod")


def _access_modes(text: str) -> str:
    unknown = [word for word in answering.words(text) if word not in ACCESS_MODES]
    return f'"{unknown[0]}" is no access mode; there are {", ".join(ACCESS_MODES)}.' if unknown else ""


def _class(text: str) -> str:
    return "" if text == NO_CLASS else answering.object_name(text)


def _opt_in(text: str) -> str:
    key, _, value = text.partition("=")
    return answering.selector(f"{key}={value}" if value else key) or ("" if "," not in text else "One label only.")


def _shared(values: Values) -> bool:
    return values.get("share") == YES


_VERSIONS: Final = Step(
    key="versions",
    title="Versions",
    card="version",
    told_after="share",
    fields=(
        Field(key="name", label="Name", required=True, check=answering.object_name, help="Becomes part of the Dataset's name."),
        Field(key="repo", label="Repo", required=True, suggests="repos", help="How it is written depends on the source."),
        Field(key="revision", label="Revision", help="Only the default branch is ever fetched; leave it empty or main."),
        Field(key="precision", label="Precision", kind=Kind.CHOICE, choices=("", "FP16", "INT4", "INT8"), help="Left and right choose:"),
        Field(
            key="size",
            label="Size",
            check=answering.size,
            help="Of the volume, such as 20Gi. Without it modelfs asks for 100Ti.",
        ),
        Field(
            key="class",
            label="Storage class",
            suggests="storage classes",
            check=_class,
            help=f"Empty: the cluster's default. {NO_CLASS}: none.",
        ),
        Field(
            key="modes",
            label="Access modes",
            suggests="access modes",
            default="ReadWriteMany",
            check=_access_modes,
            help="Separated by commas. Empty: ReadWriteMany.",
        ),
        Field(
            key="state",
            label="State",
            kind=Kind.CHOICE,
            choices=("PRESENT", "ABSENT"),
            default="PRESENT",
            help="ABSENT removes the weights. Left and right choose:",
        ),
        Field(key="share", label="Share", kind=Kind.SWITCH, help="Offer the weights to other namespaces; space turns it on and off."),
        Field(
            key="selector",
            label="With namespaces",
            wanted=_shared,
            check=answering.selector,
            help="Label selector, such as team in (nlp,vision),!sandbox. Empty: all namespaces.",
        ),
        Field(
            key="opt_in",
            label="Opt-in label",
            wanted=_shared,
            check=_opt_in,
            help="key or key=value that a namespace has to carry as well.",
        ),
        Field(
            key="metadata",
            label="Metadata",
            kind=Kind.LINES,
            check=answering.pairs,
            keeps=lambda text, _: answering.masked_pairs(text, answering.masked_value),
            help="One key=value a line.",
        ),
    ),
)


def form(*, editing: bool) -> Form:
    """`editing`: name and namespace are those of an object that exists."""
    basics = Step(
        key="basics",
        title="Basics",
        fields=(
            Field(key="name", label="Name", required=True, check=answering.object_name, fixed=editing),
            Field(key="namespace", label="Namespace", required=True, suggests="namespaces", check=answering.label_name, fixed=editing),
            Field(
                key="source",
                label="Source",
                required=True,
                suggests="sources",
                check=answering.object_name,
                help="A ModelSource of the same namespace.",
            ),
            Field(key="description", label="Description"),
            Field(key="tags", label="Tags", suggests="tags", help="Separated by commas."),
            Field(key="logo", label="Logo URL"),
        ),
    )
    return Form(name="model", title="Edit Model" if editing else "New Model", steps=(basics, _VERSIONS), across=_across)


def _across(groups: Mapping[str, Sequence[Values]]) -> tuple[Problem, ...]:
    versions = groups["versions"]
    if not versions:
        return (Problem("versions", 0, "", "A Model has at least one version; ctrl-o adds one."),)
    seen: set[str] = set()
    found = []
    for number, values in enumerate(versions):
        name = values.get("name", "").strip()
        if name and name in seen:
            found.append(Problem("versions", number, "name", f'There is a version "{name}" already; each needs a name of its own.'))
        seen.add(name)
    return tuple(found)


_ENTRY: Final = re.compile(r"spec\.versions\[(?:(?P<place>\d+)|name=(?P<name>[^\]]*))\](?:\.(?P<below>.*))?")
_BASICS: Final = {
    **{"metadata.namespace": "namespace", "metadata": "name", "spec.sourceRef": "source"},
    **{"spec.display.tags": "tags", "spec.display.logoURL": "logo", "spec.display": "description"},
}
_OF_VERSION: Final = {
    **{"storage.storageClassName": "class", "storage.accessModes": "modes", "storage": "size"},
    **{"share.namespaceSelector": "selector", "share.requireOptInLabel": "opt_in", "share": "share"},
    **{name: name for name in ("name", "repo", "revision", "precision", "state", "metadata")},
}


def spot(draft: Draft, path: str) -> tuple[str, int, str] | None:
    """The field (step, group, key) that answers for what stands at `path` of the object; None when none does."""
    if (entry := _ENTRY.fullmatch(path)) is None:
        key = answering.longest(_BASICS, path)
        return ("basics", 0, key) if key else ("versions", 0, "name") if path == "spec.versions" else None
    names = [group["name"].strip() for group in draft.groups["versions"]]
    if entry["name"] is not None and entry["name"] not in names:
        return None
    place = names.index(entry["name"]) if entry["name"] is not None else int(entry["place"])
    return ("versions", place, answering.longest(_OF_VERSION, entry["below"] or "") or "name") if place < len(names) else None


def answers(draft: Draft) -> ModelAnswers:
    """What answers without problems mean."""
    basics = draft.group("basics")
    return ModelAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        source_ref=basics["source"].strip(),
        description=basics["description"].strip(),
        tags=answering.words(basics["tags"]),
        logo_url=basics["logo"].strip(),
        versions=tuple(_version(group) for group in draft.groups["versions"]),
    )


def _version(group: Group) -> VersionAnswers:
    shared = group["share"] == YES
    chosen = group["class"].strip()
    storage = StorageAnswers(
        size=group["size"].strip(),
        storage_class_name="" if chosen == NO_CLASS else chosen or None,
        access_modes=answering.words(group["modes"]),
    )
    share = ShareAnswers(
        enabled=shared,
        namespace_selector=answering.selector_answers(group["selector"]),
        require_opt_in_label=group["opt_in"].strip(),
    )
    return VersionAnswers(
        name=group["name"].strip(),
        repo=group["repo"].strip(),
        revision=group["revision"].strip(),
        precision=group["precision"],
        state="ABSENT" if group["state"] == "ABSENT" else "PRESENT",
        storage=storage if storage.size else None,
        share=share if share != ShareAnswers() else None,
        metadata=answering.mapping(group["metadata"]),
    )


def draft(found: ModelAnswers) -> Draft:
    """The inverse of `answers`: an object to edit."""
    basics = {
        "name": found.name,
        "namespace": found.namespace,
        "source": found.source_ref,
        "description": found.description,
        "tags": ", ".join(found.tags),
        "logo": found.logo_url,
    }
    return Draft({"basics": (basics,), "versions": tuple(_group(version) for version in found.versions)})


def _group(version: VersionAnswers) -> Group:
    storage, share = version.storage or StorageAnswers(), version.share or ShareAnswers()
    return {
        "name": version.name,
        "repo": version.repo,
        "revision": version.revision,
        "precision": version.precision,
        "size": storage.size,
        "class": NO_CLASS if storage.storage_class_name == "" else storage.storage_class_name or "",
        "modes": ", ".join(storage.access_modes),
        "state": version.state,
        "share": YES if share.enabled else NO,
        "selector": answering.selector_text(share.namespace_selector),
        "opt_in": share.require_opt_in_label,
        "metadata": answering.lines(version.metadata),
    }
