"""What is known about each type of ModelSource and Dataset: the catalog `source_types.yaml`, checked while it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from modeltui import paths


class CatalogError(Exception):
    """The catalog file is missing or not what it should be; the message names the file and the place."""


class SourceType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry. All texts are for people."""

    title: str
    uri: str
    repo: str = ""
    """Empty when modelfs cannot use the type."""
    config: dict[str, str] = {}
    secret: dict[str, str] = {}
    limits: tuple[str, ...] = ()


@cache
def source_types() -> Mapping[str, SourceType]:
    """The shipped catalog: type word, such as "HUGGING_FACE", to what is known of it. Raises CatalogError."""
    return load(paths.catalogs_dir() / "source_types.yaml")


def load(path: Path) -> Mapping[str, SourceType]:
    """Raises CatalogError with one sentence that names the file and the entry."""
    import yaml  # only needed by who looks at a source

    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return msgspec.convert(document, type=dict[str, SourceType])
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: not valid YAML: {' '.join(str(error).split())}.") from error
    except msgspec.ValidationError as error:
        raise CatalogError(f"{path}: {error}.") from error
