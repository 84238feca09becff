"""The address that modelfs gives the Dataset of a version, and whether the Dataset has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from modeltui.kube.objects import Object
from modeltui.systems.modelfs.types import ModelSource, Version

HUBS: Final = {"HUGGING_FACE": "huggingface", "MODEL_SCOPE": "modelscope"}
"""Types whose repo is an id, with the scheme of their addresses."""
DEFAULT_REVISIONS: Final = ("", "main")


@dataclass(frozen=True, slots=True)
class Drift:
    """A Dataset's source is immutable: after an edit of the version it goes on holding what it was made from."""

    asked: str
    held: str


def asked_uri(version: Version, source: Object | None) -> str:
    """ "" when it cannot be told: an unknown source, a type without a rule, or a part that is missing."""
    if not isinstance(source, ModelSource):
        return ""
    config, repo = source.spec.config, version.repo
    if "uri" in config:
        return str(config["uri"])
    match source.spec.type:
        case "HUGGING_FACE" | "MODEL_SCOPE" if repo:
            revision = "" if version.revision in DEFAULT_REVISIONS else f"@{version.revision}"
            return f"{HUBS[source.spec.type]}://{repo}{revision}"
        case "HTTP" | "S3" | "GIT":
            return repo or str(config.get("url") or "")
        case "PVC" if "pvcName" in config:
            return f"pvc://{config['pvcName']}{repo or config.get('path') or '/'}"
        case "NFS" if "server" in config:
            return f"nfs://{config['server']}{quote(str(repo or config.get('path') or '/'), safe='/:@%')}"
    return ""


def drift(version: Version, source: Object | None, held: str) -> Drift | None:
    """`held`: the Dataset's spec.source.uri."""
    asked = asked_uri(version, source)
    return Drift(asked, held) if asked and held and asked != held else None
