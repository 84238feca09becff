"""Where weights come from, as URIs name it: "hf://org/model", "pvc://claim/path", "s3://bucket/path", "oci://registry/image". Pure."""

from __future__ import annotations

from typing import Final

_HUB: Final = ("hf://", "huggingface://")


def scheme(uri: str) -> str:
    """In lower case; "" for a path, and for a Hub id."""
    before, mark, _ = uri.partition("://")
    return before.lower() if mark else ""


def model_name(uri: str) -> str:
    """What people call it: the Hub id of a URI that leads to the Hub, without its revision; any other URI as it is."""
    for prefix in _HUB:
        if uri.lower().startswith(prefix):
            return uri[len(prefix) :].split("@")[0].split(":")[0].strip("/")
    return uri


def claim(uri: str) -> str:
    """The PersistentVolumeClaim that a pvc:// URI names; "" for others."""
    return uri[len("pvc://") :].split("/")[0] if uri.lower().startswith("pvc://") else ""
