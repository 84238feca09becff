"""Catalog entries as rows. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.catalog.activations import Activation
from modeltui.catalog.entries import EngineEntry, ModelEntry
from modeltui.catalog.merged import Found
from modeltui.domain import UNKNOWN, Column, ColumnKind, Row, Value

GB: Final = 1_000_000_000

MODEL_COLUMNS: Final = (
    Column("id", "ID", max_width=48),
    Column("parameters", "PARAMETERS", ColumnKind.NUMBER),
    Column("weights", "WEIGHTS", ColumnKind.NUMBER, help="The tensors of its safetensors files."),
    Column("context", "CONTEXT", ColumnKind.NUMBER, help="Tokens, max_position_embeddings."),
    Column("gpu", "GPU MEMORY", help="Of one card, at least; most are estimates, and say so."),
    Column("engines", "ENGINES", ColumnKind.TAGS),
    Column("licence", "LICENCE"),
    Column("access", "ACCESS", help="gated: its terms have to be accepted on the Hub, and a token is needed."),
    Column("from", "FROM", max_width=40),
    Column("title", "TITLE", wide=True),
    Column("task", "TASK", wide=True),
    Column("dtype", "DTYPE", wide=True),
)
ENGINE_COLUMNS: Final = (
    Column("id", "ID"),
    Column("title", "TITLE"),
    Column("systems", "SYSTEMS", ColumnKind.TAGS),
    Column("images", "IMAGES", ColumnKind.TAGS, max_width=80),
    Column("from", "FROM", max_width=40),
)
ACTIVATION_COLUMNS: Final = (
    Column("id", "ID", max_width=40),
    Column("title", "TITLE", max_width=40),
    Column("model", "MODEL", max_width=48),
    Column("weights", "WEIGHTS FROM", max_width=60),
    Column("runtime", "RUNTIME"),
    Column("from", "FROM", max_width=40),
)


def model_row(found: Found[ModelEntry]) -> Row:
    entry = found.entry
    return Row(
        ("", entry.id),
        (
            entry.id,
            size(entry.parameters),
            UNKNOWN if entry.weight_bytes is None else f"{entry.weight_bytes / GB:.1f} GB",
            UNKNOWN if entry.context_length is None else entry.context_length,
            UNKNOWN if entry.gpu_memory is None else str(entry.gpu_memory),
            entry.engines or UNKNOWN,
            entry.licence or UNKNOWN,
            entry.access if entry.access != "unknown" else UNKNOWN,
            origin(found),
            entry.title or None,
            entry.task or UNKNOWN,
            entry.dtype or UNKNOWN,
        ),
    )


def engine_row(found: Found[EngineEntry]) -> Row:
    entry = found.entry
    images = tuple(f"{system} {own.reference}" for system, own in entry.systems.items() if own.image)
    return Row(("", entry.id), (entry.id, entry.title or None, tuple(entry.systems) or None, images or None, origin(found)))


def activation_row(found: Found[Activation]) -> Row:
    entry = found.entry
    stored = f"storage {entry.storage.path}" if entry.storage is not None and entry.storage.path else ""
    values = (entry.id, entry.display_name, entry.hf_model_id, entry.storage_uri or stored or "the Hub", entry.runtime, origin(found))
    return Row(("", entry.id), tuple(value or None for value in values))


def size(parameters: int | None) -> Value:
    """0.6B, as people call it; unknown stays unknown."""
    return UNKNOWN if parameters is None else f"{parameters / GB:.1f}B"


def origin(found: Found[ModelEntry] | Found[EngineEntry] | Found[Activation]) -> str:
    if found.shipped:
        return "modeltui"
    return f"{found.path}{' (in place of the one shipped)' if found.replaces is not None else ''}"
