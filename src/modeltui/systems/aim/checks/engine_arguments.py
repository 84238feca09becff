"""Arguments of the engine, which AIM Engine merges from several places as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.reading import ENGINE_ARGS
from modeltui.systems.core.types import Env


def json_object(env: Iterable[Env], field: str) -> Iterator[Finding]:
    for place, variable in enumerate(env):
        if variable.name == ENGINE_ARGS and variable.value and not _is_object(variable.value):
            yield Finding(
                Severity.ERROR,
                f"{ENGINE_ARGS} is no JSON object: it cannot be merged with what template and runtime config say.",
                'Write {"max-model-len": 8192}: arguments without their dashes.',
                f"{field}[{place}].value",
            )


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
