"""Models together with how KServe runs them: entries of a catalog as the Model Manager keeps it, one JSON file for each.

Source: the entries of ol-model-catalog. Its keys, so that one folder serves both; what is not known of them is skipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from modeltui import strict_yaml

SUFFIX: Final = ".json"
RUNTIME: Final = "vllm-runtime"
_MARKS: Final = frozenset({"hfModelId", "storageUri", "storage", "runtime", "vllm", "servedModelName"})
"""Keys of which an entry has one at least: a folder of a team may hold other JSON, too."""


class VllmSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    tensor_parallel_size: int | None = None
    dtype: str = ""
    gpu_memory_utilization: float | None = None
    max_model_len: int | None = None
    trust_remote_code: bool = False
    extra_args: tuple[str, ...] = ()


class EntryStorage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    key: str = ""
    path: str = ""
    schema_path: str = ""
    storage_key: str = ""


class Activation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One model, and all that its container needs."""

    id: str
    display_name: str = ""
    hf_model_id: str = ""
    served_model_name: str = ""
    storage_uri: str = ""
    runtime: str = RUNTIME
    env: tuple[dict[str, Any], ...] = ()
    storage: EntryStorage | None = None
    vllm: VllmSettings = VllmSettings()
    node_selector: dict[str, str] = {}
    tolerations: tuple[dict[str, Any], ...] = ()
    resources: dict[str, Any] = {}
    volume_mounts: tuple[dict[str, Any], ...] = ()
    volumes: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if not self.id.strip():
            raise ValueError("id is empty")


def read(path: Path) -> Activation | str | None:
    """The entry; a sentence for one that cannot be used; None for JSON that is none. Raises OSError."""
    try:
        document = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        return f"{path}: is not JSON: {error}."
    if not isinstance(document, dict) or "id" not in document or not _MARKS & document.keys():
        return None
    try:
        return msgspec.convert(document, type=Activation)
    except msgspec.ValidationError as error:
        return f"{path}: {strict_yaml.misfit(error, Activation, whole='the entry')} It is left out."
