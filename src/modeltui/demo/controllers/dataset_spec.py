"""From a Model's version and its source to the Dataset that shall hold the weights, exactly as modelfs builds it. Pure.

The trap is in `options`: they are the source's config and every decoded value of its Secret, in clear.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote

from modeltui.demo.errors import Object

DEFAULT_CLAIM = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "100Ti"}}}

DEFAULTED = {"dataSyncRound": 1, "mountOptions": {"gid": 1000, "mode": "0774", "path": "/", "uid": 1000}}
"""What the API server makes of the parts that are left out or empty."""


class CannotBuild(Exception):
    """The version and source do not make a Dataset; the sentence is the controller's."""


def dataset_name(model: str, version: str) -> str:
    return f"mdl-{model}-{version}"


def shared_name(namespace: str, model: str, version: str) -> str:
    return f"share-{namespace}-{model}-{version}"


def dataset_spec(version: Object, source: Object, secret: Object | None) -> dict[str, Any]:
    """The whole spec. What it leaves out (dataSyncRound, share) falls back to its default each time it is written."""
    options = dict(source["spec"].get("config") or {})
    if secret is not None:
        options |= {key: base64.b64decode(value).decode(errors="replace") for key, value in (secret.get("data") or {}).items()}
    try:
        uri = dataset_uri(version, source)
    except CannotBuild as problem:
        raise CannotBuild(f"build URI: {problem}") from None
    wanted: dict[str, Any] = {"type": source["spec"]["type"], "uri": uri}
    if options:
        wanted["options"] = options
    claim = {"metadata": {}, "spec": _claim_spec(version.get("storage")), "status": {}}
    return {"source": wanted, "volumeClaimTemplate": claim, "mountOptions": {}, "resources": {}}


def _claim_spec(storage: Object | None) -> dict[str, Any]:
    if storage is None:
        return {**DEFAULT_CLAIM}
    resources = {part: storage["resources"][part] for part in ("requests", "limits") if storage["resources"].get(part)}
    found = {"accessModes": storage.get("accessModes"), "storageClassName": storage.get("storageClassName")}
    return {"resources": resources} | {key: value for key, value in found.items() if value is not None}


def dataset_uri(version: Object, source: Object) -> str:
    """Raises CannotBuild for types that have no rule (CONDA, REFERENCE) and where a part is missing."""
    kind, config = source["spec"]["type"], source["spec"].get("config") or {}
    repo, revision = version.get("repo") or "", version.get("revision") or "main"
    if "uri" in config:
        return str(config["uri"])
    match kind:
        case "HTTP" | "S3" | "GIT":
            if not repo and "url" not in config:
                raise CannotBuild(f"missing repo in ModelVersion or url in ModelSource config for type {kind}")
            return repo or str(config["url"])
        case "HUGGING_FACE" | "MODEL_SCOPE":
            scheme, told = ("huggingface", "HuggingFace") if kind == "HUGGING_FACE" else ("modelscope", "ModelScope")
            if not repo:
                raise CannotBuild(f"missing repo in ModelVersion for {told}")
            return f"{scheme}://{repo}" if revision == "main" else f"{scheme}://{repo}@{revision}"
        case "PVC":
            if "pvcName" not in config:
                raise CannotBuild("missing pvcName in ModelSource config for PVC")
            return f"pvc://{config['pvcName']}{repo or config.get('path') or '/'}"
        case "NFS":
            if "server" not in config:
                raise CannotBuild("missing server in ModelSource config for NFS")
            return f"nfs://{config['server']}{quote(repo or config.get('path') or '/', safe='/:@%')}"
    raise CannotBuild(f"cannot build URI for type {kind}")


def version_hash(version: Object) -> str:
    """Eight hex digits over repo, revision and storage.

    modelfs prints the storage as Go prints a struct, address of the class name included, so with a class its value is good for
    nothing but seeing a change; ours is at least the same each time.
    """
    storage = version.get("storage")
    printed = "<nil>"
    if storage is not None:
        modes = " ".join(storage.get("accessModes") or [])
        printed = f"&{{[{modes}] {storage['resources'].get('requests') or {}} {storage.get('storageClassName', '<nil>')}}}"
    data = f"{version.get('repo', '')}:{version.get('revision', '')}:{printed}"
    return hashlib.sha256(data.encode()).hexdigest()[:8]
