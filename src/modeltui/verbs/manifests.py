"""Files of Kubernetes objects: read, and each object's kind found among what the cluster serves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modeltui.changes.given import Given
from modeltui.changes.yaml_text import TextError, documents
from modeltui.kube.apply import Manifest
from modeltui.kube.discovery import ServedResource
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.options import UsageError
from modeltui.systems import misplaced

STDIN: Final = "-"
SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
"""Of the files that are taken from a directory; a file that is named may end as it likes."""
_FIRST: Final = (("", "Namespace"), ("apiextensions.k8s.io", "CustomResourceDefinition"))
"""Group and kind of what others need to be there; the rest keeps the order of the files."""


@dataclass(frozen=True, slots=True)
class Document:
    """One object, and where it stands."""

    where: str
    manifest: Manifest

    @property
    def group(self) -> str:
        return str(self.manifest["apiVersion"]).rpartition("/")[0]

    @property
    def version(self) -> str:
        return str(self.manifest["apiVersion"]).rpartition("/")[2]

    @property
    def kind(self) -> str:
        return str(self.manifest["kind"])


class NotServed(KubeError):
    """The cluster has no such kind."""


def read(sources: Sequence[str]) -> list[Document]:
    """Files, directories, and "-" for standard input, in that order. Raises UsageError when one of them is of no use."""
    if sources.count(STDIN) > 1:
        raise UsageError("standard input (-f -) can be read once only")
    found = [Document(where, manifest) for source in sources for where, text in _texts(source) for manifest in _objects(where, text)]
    if not found:
        raise UsageError(f"there are no objects in {', '.join(_named(source) for source in sources)}")
    return sorted(found, key=lambda document: _rank(document.group, document.kind))


def placed(found: Sequence[Document], served: Sequence[ServedResource], *, asked: str, fallback: str) -> list[Given]:
    """Each object with its resource and its namespace: its own, else `asked` (by -n), else `fallback`. Raises UsageError, NotServed."""
    kinds = {(one.resource.group, one.resource.version, one.resource.kind): one.resource for one in served}
    kinds |= {(one.group, one.version, one.kind): one for document in reversed(found) for one in _defined(document.manifest)}
    unknown = [document for document in found if (document.group, document.version, document.kind) not in kinds]
    if unknown:
        raise NotServed("; ".join(dict.fromkeys(_unknown(document, kinds) for document in unknown)))
    given: list[Given] = []
    seen: dict[tuple[str, str, str, str], str] = {}
    for document in found:
        resource = kinds[document.group, document.version, document.kind]
        one = Given(resource, _placed(document, resource, asked=asked, fallback=fallback))
        metadata = one.manifest["metadata"]
        place = (resource.group, resource.plural, metadata.get("namespace", ""), metadata["name"])
        if place in seen:
            raise UsageError(f"{document.where}: {document.kind} {_name(one.manifest)} is given twice, first in {seen[place]}")
        seen[place] = document.where
        given.append(one)
    return given


def _texts(source: str) -> Iterator[tuple[str, str]]:
    if source == STDIN:
        yield "standard input", _decoded("standard input", sys.stdin.buffer.read())
        return
    path = Path(source).expanduser()
    try:
        if not path.is_dir():
            yield source, _decoded(source, path.read_bytes())
            return
        for file in sorted(entry for entry in path.iterdir() if entry.suffix in SUFFIXES and entry.is_file()):
            yield str(file), _decoded(str(file), file.read_bytes())
    except OSError as error:
        raise UsageError(f"{source}: cannot be read ({error.strerror or error})") from error


def _decoded(where: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: is not text in UTF-8") from error


def _objects(where: str, text: str) -> Sequence[Manifest]:
    try:
        return documents(text)
    except TextError as error:
        raise UsageError(f"{where}: {str(error).rstrip('.')}") from error


def _named(source: str) -> str:
    return "standard input" if source == STDIN else source


def _rank(group: str, kind: str) -> int:
    return _FIRST.index((group, kind)) if (group, kind) in _FIRST else len(_FIRST)


def _defined(manifest: Manifest) -> Iterator[Resource]:
    """What a CustomResourceDefinition among the objects will let the cluster serve."""
    if manifest["kind"] != "CustomResourceDefinition":
        return
    spec: Any = manifest.get("spec")
    match spec:
        case {"group": str(group), "names": {"kind": str(kind), "plural": str(plural)}, "versions": list(versions)}:
            for version in versions:
                match version:
                    case {"name": str(name)} if version.get("served", True):
                        yield Resource(group, name, plural, kind, namespaced=spec.get("scope") == "Namespaced")


def _unknown(document: Document, kinds: Iterable[tuple[str, str, str]]) -> str:
    said = f"{document.where}: the cluster does not serve {document.kind} of {document.manifest['apiVersion']}"
    others = [version for group, version, kind in kinds if (group, kind) == (document.group, document.kind)]
    if others:
        return f"{said}, but {', '.join(f'{document.group}/{version}'.lstrip('/') for version in others)}"
    if meant := misplaced.told(document.manifest):
        return f"{said}. {meant.rstrip('.')}"
    return f"{said}: is its operator (its CRD) installed, and is it spelled right?"


def _placed(document: Document, resource: Resource, *, asked: str, fallback: str) -> Manifest:
    metadata = document.manifest["metadata"]
    own = metadata.get("namespace")
    if own is not None and not isinstance(own, str):
        raise UsageError(f"{document.where}: {document.kind} {metadata['name']}: metadata.namespace must be a text, not {own!r}")
    if not resource.namespaced:
        return document.manifest
    if own and asked and own != asked:
        raise UsageError(f"{document.where}: {document.kind} {_name(document.manifest)} is of another namespace than -n {asked}")
    return document.manifest | {"metadata": metadata | {"namespace": own or asked or fallback}}


def _name(manifest: Manifest) -> str:
    metadata = manifest["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])
