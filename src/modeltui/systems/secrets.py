"""Which keys each system reads in a Secret: the same credential is spelled differently from system to system. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from modeltui.systems.secret_value import SecretValue
from modeltui.systems.source_types import source_types


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a person knows: a token, a user name."""

    name: str
    what: str
    spellings: Mapping[str, tuple[str, ...]]
    """System -> the keys under which it looks for it. Several: it (or a part of it) reads each of them."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens one service."""

    name: str
    title: str
    parts: tuple[Part, ...]

    @property
    def systems(self) -> tuple[str, ...]:
        """Those that read it, in the order of the table."""
        return tuple(dict.fromkeys(system for part in self.parts for system in part.spellings))


CREDENTIALS: Final = (
    Credential(
        "hugging-face",
        "Hugging Face",
        (
            Part(
                "token",
                "access token of the Hub",
                {
                    "dataset": ("token",),
                    "airunway": ("HF_TOKEN",),
                    "dynamo": ("HF_TOKEN",),
                    "nim-operator": ("HF_TOKEN",),
                    "aim": ("token",),
                    "model-manager": ("HUGGING_FACE_HUB_TOKEN",),
                },
            ),
        ),
    ),
    Credential("model-scope", "ModelScope", (Part("token", "access token of ModelScope", {"dataset": ("token",)}),)),
    Credential(
        "s3",
        "S3",
        (
            Part("access-key", "access key id", {"dataset": ("access-key",), "aim": ("access-key",), "kserve": ("AWS_ACCESS_KEY_ID",)}),
            Part(
                "secret-key",
                "secret access key",
                {"dataset": ("secret-key",), "aim": ("secret-key",), "kserve": ("AWS_SECRET_ACCESS_KEY",)},
            ),
        ),
    ),
    Credential(
        "ngc",
        "NVIDIA NGC",
        # the Account controller reads one, the container the other; neither reads both
        (Part("key", "API key of NGC", {"nim": ("api_key", "NGC_API_KEY"), "nim-operator": ("NGC_API_KEY",)}),),
    ),
    Credential(
        "login",
        "User name and password",
        (Part("username", "user name", {"dataset": ("username",)}), Part("password", "password or token", {"dataset": ("password",)})),
    ),
    Credential(
        "ssh",
        "SSH key",
        (
            Part("key", "private key", {"dataset": ("ssh-privatekey",)}),
            Part("passphrase", "its passphrase", {"dataset": ("ssh-privatekey-passphrase",)}),
        ),
    ),
)


def credential(name: str) -> Credential:
    """Raises KeyError."""
    return {found.name: found for found in CREDENTIALS}[name]


def spelled(wanted: Credential, values: Mapping[str, SecretValue], systems: Iterable[str]) -> dict[str, SecretValue]:
    """The Secret's keys for these systems. `values`: part's name -> what was typed; what was not given is left out."""
    chosen = list(systems)
    return {
        key: values[part.name]
        for part in wanted.parts
        if part.name in values
        for system in chosen
        for key in part.spellings.get(system, ())
    }


def keys_read(source_type: str) -> tuple[str, ...]:
    """Of the Secret of a Dataset of this type; none when the type takes none, or is not known."""
    known = source_types().get(source_type)
    return tuple(known.secret) if known else ()


def respelled(there: Iterable[str], read: Iterable[str]) -> tuple[str, str] | None:
    """(a key that is there, the key under which the same credential would be read), None when there is no such pair."""
    wanted = list(read)
    for key in there:
        for part in (part for found in CREDENTIALS for part in found.parts):
            spellings = {spelling for keys in part.spellings.values() for spelling in keys}
            match = next((spelling for spelling in wanted if spelling in spellings), None)
            if key in spellings and match is not None and match != key:
                return key, match
    return None
