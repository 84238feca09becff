"""Why an image cannot be pulled: the registry's words as kubelets pass them on -> a sentence and what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

REASONS: Final = frozenset({"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"})
_BACKOFF: Final = re.compile(r"^Back-off pulling image \"[^\"]*\"(: ErrImagePull: )?")
_CAUSE: Final = re.compile(
    r"(?:rpc error: code = \w+ desc = )?(?:failed to pull and unpack image \"[^\"]*\": )?(?:failed to resolve reference \"[^\"]*\": )?"
    r"(?:failed to authorize: )?(?:failed to fetch (?:anonymous|oauth) token: )?"
)
"""What stands before the registry's own words; "token: unexpected status" would be taken for a token and masked."""


def says_more(message: str) -> bool:
    """Whether it has the registry's words, and not only that it is tried again."""
    return bool(message) and bool(answer(message))


def answer(message: str) -> str:
    """The registry's own words out of the kubelet's."""
    said = _BACKOFF.sub("", message.strip())
    said = re.sub(r'^Failed to pull image "[^"]*": ', "", said)
    return (
        _CAUSE.sub("", said).strip()
        if said not in ("ErrImagePull", "ImagePullBackOff", "Error: ImagePullBackOff", "Error: ErrImagePull")
        else ""
    )


def explained(image: str, message: str, *, secrets: Sequence[str] = ()) -> tuple[str, str]:
    """(reason, remedy). `secrets`: names of the pod's imagePullSecrets."""
    said = answer(message)
    low = said.lower()
    told = f": {said}" if said else "; the registry's answer is not in its events any more"
    host = image.split("/")[0] if "/" in image and ("." in image.split("/")[0] or ":" in image.split("/")[0]) else "docker.io"
    if "invalid reference format" in low or "invalid image name" in low:
        return f"{image} is no name of an image{told}", "Mend its spelling: registry/repository:tag, in lower case."
    if "payment required" in low or "402" in low:
        return (
            f"{host} refuses {image} to this account (payment required){told}",
            "The account behind the pull secret needs a subscription or licence for it (NVIDIA AI Enterprise for NIM images).",
        )
    if any(
        word in low
        for word in ("unauthorized", "401", "authentication required", "access denied", "denied", "403", "forbidden", "no basic auth")
    ):
        with_ = f"with the pull secret{'s' if len(secrets) > 1 else ''} {', '.join(secrets)}" if secrets else "without a pull secret"
        remedy = (
            "Check that the Secret exists in this namespace, is of type kubernetes.io/dockerconfigjson and holds a valid key"
            if secrets
            else "Name a Secret of type kubernetes.io/dockerconfigjson in imagePullSecrets"
        )
        nvidia = '; for nvcr.io the user is "$oauthtoken" and the password an NGC API key' if host == "nvcr.io" else ""
        return (
            f"{host} does not let {image} be pulled {with_}{f'; it says: {said}' if said else told}",  # "secret NAME: ..." would be masked
            f"{remedy}{nvidia}. A repository that does not exist is often refused the same way.",
        )
    if "toomanyrequests" in low or "rate limit" in low or "429" in low:
        return f"{host} has had too many pulls from here{told}", "It goes on by itself later; a pull secret or a mirror raises the limit."
    if "no match for platform" in low or "no matching manifest" in low:
        return (
            f"{image} has no variant for this node's processor{told}",
            "Use an image for its architecture, or a node selector for nodes that it is made for.",
        )
    if "not found" in low or "manifest unknown" in low or "404" in low:
        return f"{image} does not exist{told}", "Is the tag right? Registries list the ones there are; tags may be taken away."
    if "x509" in low or "certificate" in low:
        return f"The node does not trust the certificate of {host}{told}", "Install the registry's CA on the nodes."
    if any(
        word in low
        for word in (
            "no such host",
            "i/o timeout",
            "connection refused",
            "dial tcp",
            "timeout",
            "deadline exceeded",
            "network is unreachable",
        )
    ):
        return f"The node cannot reach {host}{told}", "Is the cluster without internet? Use a mirror, or let the nodes through."
    if "no space left" in low:
        return (
            f"The node has no room for {image}{told}",
            "Engine images are tens of gigabytes: free some space on its disk, or use another node.",
        )
    if "never" in low and "pull" in low:
        return f"{image} is not on the node, and imagePullPolicy Never forbids to fetch it.", "Put it there, or allow pulling."
    return f"{image} cannot be pulled{told}", "The registry's words say why."
