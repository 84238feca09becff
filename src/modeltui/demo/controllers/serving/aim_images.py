"""What the labels of an AIM image say of the model in it: what AIM Engine reads from the registry. Pure.

Of images that nobody listed here, the model is read off the name.
"""

from __future__ import annotations

import re
from typing import Final

from modeltui.demo.controllers.images import pull_problem
from modeltui.demo.errors import Object

_KNOWN: Final = {
    "aim-qwen-qwen3-32b": "Qwen/Qwen3-32B",
    "aim-meta-llama-llama-3-1-8b-instruct": "meta-llama/Llama-3.1-8B-Instruct",
    "aim-meta-llama-llama-3-3-70b-instruct": "meta-llama/Llama-3.3-70B-Instruct",
    "aim-mistralai-mixtral-8x7b-instruct-v0-1": "mistralai/Mixtral-8x7B-Instruct-v0.1",
    "aim-deepseek-ai-deepseek-r1-distill-qwen-32b": "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
}
PUBLISHED: Final = {
    # What there is to be found in a registry.
    "docker.io": {f"amdenterpriseai/{name}": ("0.8.4", "0.9.0", "latest") for name in _KNOWN}
    | {"amdenterpriseai/aim-base": ("0.9", "0.9.0"), "amdenterpriseai/aim-dummy": ("0.1.0",)},
}
_GATED: Final = ("meta-llama/", "google/gemma", "mistralai/Mistral-Large")


def problem(image: str) -> tuple[str, str]:
    """Reason and message why an image cannot be looked at; two empty texts when it can."""
    if "nonexistent" in image:
        return "ImageNotFound", f"GET {image}: MANIFEST_UNKNOWN: manifest unknown"
    said = pull_problem(image, logged_in=frozenset())
    if not said:
        return "", ""
    return ("ImageNotFound" if said.endswith("not found") else "ImagePullAuthFailure"), said


def metadata(image: str) -> Object | None:
    """None for base images and others that hold no model."""
    name = re.sub(r"[:@].*$", "", image.rpartition("/")[2])
    if not name.startswith("aim-") or name in ("aim-base", "aim-dummy"):
        return None
    canonical = _KNOWN.get(name) or "/".join(name.removeprefix("aim-").split("-", 1))
    large = any(size in name for size in ("70b", "72b", "8x7b", "8x22b"))
    deployments = [
        {"gpuModel": "MI300X", "gpuCount": 2 if large else 1, "metric": metric, "precision": "fp16", "description": f"Tuned for {metric}"}
        for metric in ("latency", "throughput")
    ]
    known: Object = {"canonicalName": canonical, "title": canonical.rpartition("/")[2], "hfTokenRequired": canonical.startswith(_GATED)}
    return {"model": {**known, "tags": ["text-generation"], "recommendedDeployments": deployments}}
