"""CRDs: from YAML files to definitions, and from a definition to the Kind that it makes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from modeltui.demo import crd_parts
from modeltui.demo.columns import AGE_OF_CUSTOM, NAME, Column, dig
from modeltui.demo.errors import Object
from modeltui.demo.kinds import CUSTOM_VERBS, Kind, Scale, Version
from modeltui.demo.schema import structural
from modeltui.demo.storage import decode, encode
from modeltui.demo.strategies.custom import CustomResources
from modeltui.demo.strategies.definition_rules import definition_errors
from modeltui.demo.strategies.definitions import Definitions

_OWN = Path(__file__).parent / "crds"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CrdProblem(Exception):
    """A directory or file that cannot be loaded, in one sentence."""


def read(directories: Iterable[Path]) -> list[Object]:
    """Every CustomResourceDefinition in the YAML files of the directories (or files) given, at any depth. Raises CrdProblem."""
    found: dict[str, Object] = {}
    for directory in directories:
        files = sorted([*directory.rglob("*.yaml"), *directory.rglob("*.yml")]) if directory.is_dir() else [directory]
        if not files:
            raise CrdProblem(f"{directory}: no YAML file is in this directory; give one that holds CRDs")
        before = len(found)
        for path in files:
            for crd in _definitions(path):
                found[crd["metadata"]["name"]] = crd
        if len(found) == before and not any(True for path in files for _ in _definitions(path)):
            raise CrdProblem(f"{directory}: no CustomResourceDefinition is in its YAML files; give a directory that holds CRDs")
    return list(found.values())


def _definitions(path: Path) -> Iterator[Object]:
    """Copies of their own for each that asks: a file is read once, and again when it was written to."""
    try:
        at = path.stat()
    except OSError as error:
        raise CrdProblem(f"{path}: {error.strerror or error}; check the path given to --crds") from error
    yield from decode(_in_file(path, at.st_mtime_ns, at.st_size))


@functools.lru_cache(maxsize=256)
def _in_file(path: Path, mtime: int, size: int) -> bytes:
    """As JSON, which is read in a fiftieth of the time."""
    return encode(list(_read(path)))


def _read(path: Path) -> Iterator[Object]:
    try:
        documents = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=_Loader))
    except OSError as error:
        raise CrdProblem(f"{path}: {error.strerror or error}; check the path given to --crds") from error
    except UnicodeDecodeError as error:
        raise CrdProblem(f"{path}: this is not UTF-8 text; remove it from the directory given to --crds") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark is not None else str(path)
        raise CrdProblem(
            f"{where}: this is not YAML ({getattr(error, 'problem', None) or 'cannot be parsed'}); correct the file"
        ) from error
    for read in documents:
        if not isinstance(read, dict) or read.get("kind") != "CustomResourceDefinition":
            continue
        document = crd_parts.filled(read, _parts(path.with_name(crd_parts.FILE)))
        if not isinstance(document.get("metadata"), dict) or not isinstance(document.get("spec"), dict):
            raise CrdProblem(f"{path}: a CustomResourceDefinition needs metadata and spec; correct the file")
        Definitions().default(document)
        wrong = definition_errors(document)
        if wrong:
            name = document["metadata"].get("name", "unnamed")
            raise CrdProblem(f"{path}: the CustomResourceDefinition {name} is invalid: {wrong[0]}")
        yield document


@functools.cache
def _parts(path: Path) -> Object:
    """Only the demo's own definitions have any."""
    parts: Object = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) if path.parent == _OWN else {}
    return parts


def kind_of(crd: Object) -> Kind:
    """The Kind that a valid definition makes."""
    spec, names = crd["spec"], crd["spec"]["names"]
    versions = sorted((_version(each, _deprecation(each, spec)) for each in spec["versions"]), key=lambda v: version_order(v.name))
    return Kind(
        group=spec["group"],
        kind=names["kind"],
        plural=names["plural"],
        singular=names.get("singular") or names["kind"].lower(),
        list_kind=names.get("listKind") or f"{names['kind']}List",
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        namespaced=spec["scope"] == "Namespaced",
        versions=tuple(versions),
        storage_version=next(version["name"] for version in spec["versions"] if version.get("storage")),
        strategy=CustomResources(),
        custom=True,
        verbs=CUSTOM_VERBS,
    )


def _deprecation(version: Object, spec: Object) -> str:
    """Its own warning, or one that names the best newer version that is served and not deprecated."""
    if not version.get("deprecated"):
        return ""
    group, kind, name = spec["group"], spec["names"]["kind"], version["name"]
    served = (each["name"] for each in spec["versions"] if each.get("served") and not each.get("deprecated"))
    newer = sorted((each for each in served if version_order(each) < version_order(name)), key=version_order)
    told = f"{group}/{name} {kind} is deprecated" + (f"; use {group}/{newer[0]} {kind}" if newer else "")
    return str(version.get("deprecationWarning") or told)


def _version(version: Object, deprecation: str) -> Version:
    columns = tuple(
        Column(
            name=each["name"],
            type=each["type"],
            format=each.get("format", ""),
            description=each.get("description") or f"Custom resource definition column (in JSONPath format): {each['jsonPath']}",
            priority=each.get("priority", 0),
            path=each["jsonPath"],
        )
        for each in version.get("additionalPrinterColumns") or ()
    )
    scale = dig(version, "subresources", "scale")
    return Version(
        name=version["name"],
        served=bool(version.get("served")),
        schema=structural.root(version["schema"]["openAPIV3Schema"]),
        columns=(NAME, *(columns or (AGE_OF_CUSTOM,))),
        status=dig(version, "subresources", "status") is not None,
        scale=_scale(scale) if scale is not None else None,
        deprecation=deprecation,
        selectable=tuple(each["jsonPath"] for each in version.get("selectableFields") or ()),
    )


def _scale(scale: Object) -> Scale:
    def keys(path: str | None) -> tuple[str, ...]:
        return tuple(filter(None, (path or "").split(".")))

    return Scale(keys(scale["specReplicasPath"]), keys(scale["statusReplicasPath"]), keys(scale.get("labelSelectorPath")))


def version_order(name: str) -> tuple[int, int, int, str]:
    """Sorts v2 before v1 before v1beta2 before v1alpha1 before anything else, as upstream prefers versions."""
    found = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", name)
    if found is None:
        return (3, 0, 0, name)
    stability = {None: 0, "beta": 1, "alpha": 2}[found[2]]
    return (stability, -int(found[1]), -int(found[3] or 0), name)
