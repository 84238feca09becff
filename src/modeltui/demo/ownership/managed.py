"""Field management: who owns which field after a create, an update, a patch or an apply.

The rules are those of https://kubernetes.io/docs/reference/using-api/server-side-apply/ as the API server carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modeltui.demo.ownership.fieldset import Path
from modeltui.demo.schema.structural import Schema

STATUS: tuple[Path, ...] = (("f:status",),)
"""`reset` of the main endpoint of a kind whose status is a subresource."""

ALL_BUT_STATUS: tuple[Path, ...] = (("f:spec",), ("f:metadata",))
"""`reset` of the /status endpoint."""


def update(
    live: dict[str, Any] | None,
    new: dict[str, Any],
    *,
    manager: str,
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str = "",
    reset: Iterable[Path] = (),
) -> dict[str, Any]:
    """`new` with its managedFields, after a create (`live` None), a replace, or a patch that is no apply.

    `new` is the whole object as it would be stored: defaulted, pruned, what the endpoint may not write already put back. Its own
    managedFields count as the API has it: absent means those of `live`, `[]` and `[{}]` forget all owners. `now` is RFC 3339.
    `reset` are the paths that the endpoint throws away (STATUS, ALL_BUT_STATUS): nobody comes to own them here.
    """
    raise NotImplementedError


def apply(
    live: dict[str, Any] | None,
    applied: dict[str, Any],
    *,
    manager: str,
    force: bool,
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str = "",
    reset: Iterable[Path] = (),
) -> dict[str, Any]:
    """The object that results from applying `applied` to `live` (None: it is not there yet), with its managedFields.

    The caller then prunes, defaults, validates and puts back what the endpoint may not write, as for any other write; no defaults are
    filled in here. An apply that changes nothing gives an object equal to `live`, managedFields and times included.
    Raises ApplyConflict (without `force`), TypedPatchError (does not fit the schema), BadApply (wrong version, or managedFields sent).
    """
    raise NotImplementedError


def keep_times(live: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`new`, or `live` itself when both differ in nothing but the times of managedFields: such a write must not be stored."""
    raise NotImplementedError
