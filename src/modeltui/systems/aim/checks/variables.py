"""Variables of pods and of downloads: how the downloader and the engines spell them, and what they may hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.checks import credentials
from modeltui.systems.aim.reading import ENGINE_ARGS
from modeltui.systems.core.types import Env
from modeltui.systems.protocol import Facts

HUB_TOKEN: Final = "HF_TOKEN"
FORMER_HUB_TOKEN: Final = "HUGGING_FACE_HUB_TOKEN"
AWS_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ENDPOINT: Final = "AWS_ENDPOINT_URL"
NO_TLS: Final = "S3_NO_SSL"
PROTOCOL: Final = "AIM_DOWNLOADER_PROTOCOL"
PROTOCOLS: Final = ("XET", "HF_TRANSFER", "HTTP")

_MEANT: Final = {
    **dict.fromkeys(("HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HUGGINGFACEHUB_API_TOKEN", "HF_API_TOKEN", "HF_HUB_TOKEN"), HUB_TOKEN),
    **dict.fromkeys(("AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "S3_ENDPOINT", "S3_ENDPOINT_URL"), ENDPOINT),
    **dict.fromkeys(("AWS_ACCESS_KEY", "S3_ACCESS_KEY", "S3_ACCESS_KEY_ID"), AWS_KEYS[0]),
    **dict.fromkeys(("AWS_SECRET_KEY", "S3_SECRET_KEY", "S3_SECRET_ACCESS_KEY"), AWS_KEYS[1]),
}
"""Spellings of other tools -> the one that AIM Engine's downloader reads."""
_FORMER_PATH: Final = "/workspace/model-cache"
_PATH: Final = "/workspace/cache"
_DEBUG: Final = "AIM_DEBUG_"


def own(env: Sequence[Env], namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    """`namespace`: "" for a cluster-wide kind."""
    yield from credentials.variables(env, namespace, facts, field)
    yield from _spellings(env, field)
    if debug := [variable.name for variable in env if variable.name.startswith(_DEBUG)]:
        reason = f"{', '.join(debug)} makes the downloader pretend, for tests: nothing usable may be fetched."
        yield Finding(Severity.WARNING, reason, "Take it out.", field)
    for place, variable in enumerate(env):
        where = f"{field}[{place}].value"
        if _FORMER_PATH in variable.value:
            reason = f"Variable {variable.name} names {_FORMER_PATH}, where weights were in earlier versions: nothing is there."
            yield Finding(Severity.WARNING, reason, f"Write {_PATH}, and the model id after it.", where)
        if variable.name == PROTOCOL and variable.value:
            yield from _protocols(variable.value, where)
        if variable.name == NO_TLS and variable.value != "true" and variable.value.lower() in ("true", "1", "yes", "on"):
            reason = f'{NO_TLS} is "{variable.value}", and only "true" counts: the store is asked over TLS.'
            yield Finding(Severity.WARNING, reason, 'Write "true", or an address with http:// in AWS_ENDPOINT_URL.', where)
        if variable.name == ENGINE_ARGS and variable.value:
            yield from _engine_arguments(variable.value, where)


def _spellings(env: Sequence[Env], field: str) -> Iterator[Finding]:
    names = {variable.name for variable in env}
    for place, variable in enumerate(env):
        meant = _MEANT.get(variable.name, "")
        if meant and meant not in names:
            reason = f"Variable {variable.name} is not read when weights are fetched: it is called {meant}."
            yield Finding(Severity.WARNING, reason, f"Write {meant}.", f"{field}[{place}].name")
        if variable.name == FORMER_HUB_TOKEN and HUB_TOKEN not in names:
            reason = f"Variable {variable.name} is what {HUB_TOKEN} was called before, and the Hub's own library still reads it."
            yield Finding(Severity.INFO, reason, f"Write {HUB_TOKEN}.", f"{field}[{place}].name")


def _protocols(said: str, field: str) -> Iterator[Finding]:
    strange = [one for one in said.split(",") if one not in PROTOCOLS]
    if not strange:
        return
    every = len(strange) == len(said.split(","))
    told = "none of which the downloader knows: nothing is fetched from the Hub" if every else "which the downloader passes over"
    named = ", ".join(f'"{one}"' for one in strange)
    yield Finding(
        Severity.ERROR if every else Severity.WARNING,
        f"{PROTOCOL} names {named}, {told}.",
        f"Write {','.join(PROTOCOLS)}, or some of them, in capitals and without blanks.",
        field,
    )


def _engine_arguments(said: str, field: str) -> Iterator[Finding]:
    """Merged from several places, as JSON."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        reason = f"{ENGINE_ARGS} is no JSON object: it cannot be merged with what template and runtime config say."
        yield Finding(Severity.ERROR, reason, 'Write {"max-model-len": 8192}: arguments without their dashes.', field)
    elif dashed := [name for name in found if name.startswith("-")]:
        reason = f"{ENGINE_ARGS} names {', '.join(dashed)} with the dashes, which are put before each argument anyhow."
        yield Finding(Severity.WARNING, reason, f"Write {dashed[0].lstrip('-') or 'the name'}.", field)
