"""What stands in a catalog: one model, one engine. The words of the files; docs/catalogs.md says what each means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

HUB_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$"
"""organisation/model, as the Hugging Face Hub names repositories."""

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1)]


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Strict, and written short."""


class GpuMemory(_Entry, frozen=True, kw_only=True):
    least_gib: Count
    """GiB of one card."""
    how: Literal["estimate", "measured"]

    def __str__(self) -> str:
        return f"{'about ' if self.how == 'estimate' else ''}{self.least_gib} GiB"


class ModelEntry(_Entry, frozen=True, kw_only=True):
    """One model. What is left out is unknown, never 0."""

    id: Text
    title: str = ""
    description: str = ""
    task: str = ""
    """The Hub's pipeline tag: "text-generation"."""
    parameters: Count | None = None
    dtype: str = ""
    weight_bytes: Count | None = None
    context_length: Count | None = None
    """Tokens."""
    licence: str = ""
    access: Literal["open", "gated", "unknown"] = "unknown"
    chat_template: bool | None = None
    engines: tuple[str, ...] = ()
    """That are known to run it; none means that nobody has said."""
    gguf: str = ""
    gpu_memory: GpuMemory | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, told in (("id", self.id), ("gguf", self.gguf)):
            if told and not re.match(HUB_ID, told):
                raise ValueError(f'{name} is "{told}", which is no repository of the Hub; write organisation/model')


class Arguments(_Entry, frozen=True, kw_only=True):
    """How an engine spells what a form asks; None: not told, "": it has no such flag."""

    model: str | None = None
    context_length: str | None = None
    served_name: str | None = None
    prefix_caching_on: str | None = None
    prefix_caching_off: str | None = None
    eager: str | None = None
    trust_remote_code: str | None = None
    tensor_parallel: str | None = None

    def over(self, others: Arguments) -> Arguments:
        """These where they say something, else the `others`."""
        told = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}
        return msgspec.structs.replace(others, **told)


class InSystem(_Entry, frozen=True, kw_only=True):
    """How a system runs an engine."""

    image: str = ""
    """Without a tag; "" where the system chooses it."""
    version: str = ""
    origin: str = ""
    arguments: Arguments = Arguments()

    @property
    def reference(self) -> str:
        """The image with its tag; "" where there is none."""
        return f"{self.image}:{self.version}" if self.image and self.version else self.image


class EngineEntry(_Entry, frozen=True, kw_only=True):
    id: Text
    title: str = ""
    gguf: bool = False
    arguments: Arguments = Arguments()
    systems: Mapping[str, InSystem] = {}

    def spelled(self, system: str) -> Arguments:
        """The flags as they are written there."""
        own = self.systems.get(system)
        return own.arguments.over(self.arguments) if own is not None else self.arguments

    def image(self, system: str) -> str:
        """With its tag; "" where the system chooses it, or does not run this engine."""
        own = self.systems.get(system)
        return own.reference if own is not None else ""
