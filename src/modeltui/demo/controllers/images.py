"""Whether an image can be pulled, and in whose words not: those of the registry, as containerd and the kubelet pass them on. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Final

from modeltui.demo.errors import Object

DOCKER_HUB: Final = "docker.io"
_PLACEHOLDERS: Final = re.compile(r"my-tag|replace|changeme|your-tag|.*-typo")
"""Tags that stand in samples for one that somebody has yet to choose."""
_NOBODY: Final = re.compile(r"(my|your)-(registry|repo|org)/.*")
_PRIVATE: Final = re.compile(r"nvcr[.]io/(nim|nvstaging)/.*|.*[/-]private([/-].*)?")
"""Repositories that are for those who log in."""
WAYS: Final = ("image", "image-unauthorized", "image-ratelimit", "image-payment")
"""Values of the annotation that makes a pull fail; see failures.py."""


def reference(image: str) -> str:
    """As containerd completes it: "docker.io/library/nginx:latest"."""
    name, at, digest = image.partition("@")
    first = name.partition("/")[0]
    if "/" not in name or not ("." in first or ":" in first or first == "localhost"):
        name = f"{DOCKER_HUB}/{name if '/' in name else f'library/{name}'}"
    if not at and ":" not in name.rpartition("/")[2]:
        name = f"{name}:latest"
    return name + at + digest


def registry(image: str) -> str:
    return reference(image).partition("/")[0]


def image_id(image: str) -> str:
    """The digest that a pull would find, the same each time."""
    full = reference(image)
    if "@" in full:
        return full
    return f"{full.rpartition(':')[0]}@sha256:{hashlib.sha256(full.encode()).hexdigest()}"


def size(image: str) -> int:
    """Bytes of the image, compressed: images that carry CUDA or ROCm are large."""
    full = reference(image)
    spread = int(hashlib.sha256(full.encode()).hexdigest()[:6], 16)
    heavy = re.search(r"vllm|sglang|trtllm|tensorrt|triton|/nim/|aim-(?!artifact)|rocm|cuda|kaito", full)
    return (6_000_000_000 + spread * 300) if heavy else (40_000_000 + spread * 10)


def pull_problem(image: str, *, logged_in: frozenset[str], told: str = "") -> str:
    """Why it cannot be pulled; empty when it can. `logged_in`: registries there are credentials for; `told`: one of WAYS."""
    full = reference(image)
    host, _, rest = full.partition("/")
    repository = rest.partition("@")[0].rpartition(":")[0] if "@" not in rest else rest.partition("@")[0]
    tag = full.rpartition(":")[2]
    named = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}"'
    if told == "image-ratelimit":
        blob = image_id(image).rpartition("@")[2]
        where = f"https://registry-1.docker.io/v2/{repository}/manifests/{blob}"
        words = "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"
        return (
            f'failed to pull and unpack image "{full}": failed to copy: httpReadSeeker: failed open: unexpected status code {where}: '
            f"429 Too Many Requests - Server message: {words}"
        )
    if told == "image-payment":
        return f"{named}: unexpected status from HEAD request to https://{host}/v2/{repository}/manifests/{tag}: 402 Payment Required"
    if host.endswith(".invalid"):
        asked = f"https://{host}/v2/{repository}/manifests/{tag}"
        return f'{named}: failed to do request: Head "{asked}": dial tcp: lookup {host} on 10.96.0.10:53: no such host'
    if told == "image-unauthorized" or (_PRIVATE.fullmatch(f"{host}/{repository}") and host not in logged_in):
        return f"{named}: {_anonymous(host, repository)}"
    if host == DOCKER_HUB and _NOBODY.fullmatch(repository):
        denied = (
            "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: "
            "authorization failed"
        )
        return f"{named}: {denied}"
    if told == "image" or _PLACEHOLDERS.fullmatch(tag):
        return f"{named}: {full}: not found"
    return ""


def grpc_code(problem: str) -> str:
    """The code under which containerd reports it."""
    return "NotFound" if problem.endswith(": not found") else "Unknown"


def _anonymous(host: str, repository: str) -> str:
    scope = f"repository%3A{repository.replace('/', '%2F')}%3Apull"
    paths = {"nvcr.io": f"proxy_auth?scope={scope}", DOCKER_HUB: f"token?scope={scope}&service=registry.docker.io"}
    where = f"https://{'auth.docker.io' if host == DOCKER_HUB else host}/{paths.get(host, f'token?scope={scope}')}"
    words = "403 Forbidden" if host == "ghcr.io" else "401 Unauthorized"
    return f"failed to authorize: failed to fetch anonymous token: unexpected status from GET request to {where}: {words}"


def registries(secret: Object) -> frozenset[str]:
    """The registries that a pull secret has credentials for; none for one that cannot be read."""
    data = secret.get("data") or {}
    raw = data.get(".dockerconfigjson") or data.get(".dockercfg")
    if not raw:
        return frozenset()
    try:
        known = json.loads(base64.b64decode(raw))
    except ValueError:
        return frozenset()
    auths = known.get("auths", known) if isinstance(known, dict) else {}
    named = {re.sub(r"^https?://", "", each).partition("/")[0] for each in auths} if isinstance(auths, dict) else set()
    return frozenset(DOCKER_HUB if each in ("index.docker.io", "registry-1.docker.io") else each for each in named)
