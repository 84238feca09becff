"""Who does what in a graph: what takes the requests, who prefills and who decodes, and how requests are shared out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.systems.dynamo.parts import Part
from modeltui.systems.serving.command_line import option

ROUTER_MODES: Final = ("kv", "round-robin", "random", "direct")
"""What DYN_ROUTER_MODE may be in every release that this console knows."""
_ROUTER: Final = "DYN_ROUTER_MODE"
_MODE: Final = "--disaggregation-mode"
_TRANSFER: Final = "--kv-transfer-config"


def of_parts(parts: Sequence[Part]) -> Iterator[Finding]:
    yield from _front(parts)
    yield from _halves(parts)
    for part in parts:
        if part.role in ("prefill", "decode"):
            yield from _told(part)
        if part.role == "frontend":
            yield from _router(part, parts)
    yield from _misplaced_router(parts)


def _front(parts: Sequence[Part]) -> Iterator[Finding]:
    field = _field(parts)
    if parts and not any(part.answers or part.role == "epp" for part in parts):
        reason = "Nothing in it takes requests: it has neither a frontend nor workers with a frontendSidecar."
        yield Finding(Severity.WARNING, reason, "Add a component of type frontend.", field)
    if parts and not any(part.works for part in parts):
        reason = "It has no worker, so that there is no model behind it."
        yield Finding(Severity.WARNING, reason, "Add a component of type worker, or prefill and decode.", field)
    if any(part.role == "epp" for part in parts) and not any(part.sidecar for part in parts):
        reason = "An endpoint picker chooses pods, and none of the workers has a frontendSidecar that would take the request."
        yield Finding(Severity.WARNING, reason, "Give the workers a frontendSidecar, or use a frontend in place of the picker.", field)


def _halves(parts: Sequence[Part]) -> Iterator[Finding]:
    roles = {part.role for part in parts}
    for one, other in (("prefill", "decode"), ("decode", "prefill")):
        if one in roles and other not in roles:
            does = "Prompts are worked out and nobody goes on from there" if one == "prefill" else "Nobody works out prompts for it"
            yield Finding(
                Severity.ERROR,
                f"It has a {one} worker and none that does {other}. {does}.",
                f"Add a component of type {other}, or make it a plain worker without {_MODE}.",
                next(part.field for part in parts if part.role == one),
            )


def _told(part: Part) -> Iterator[Finding]:
    """A worker is told its half on its command line; the type alone tells it nothing."""
    if not part.line or part.engine not in ("vllm", "sglang", "trtllm", "mocker"):
        return
    said = option(part.line, _MODE)
    old = f"--is-{part.role}-worker" in part.line
    if not said and not old:
        reason = f"{part.name} is of type {part.role}, but is not started with {_MODE} {part.role}: it would do both halves."
        yield Finding(Severity.ERROR, reason, f"Add {_MODE} {part.role} to its args.", part.at("args"))
    elif said and said != (part.role,):
        reason = f"{part.name} is of type {part.role}, but is started with {_MODE} {' '.join(said)}."
        yield Finding(Severity.ERROR, reason, "Make them agree.", part.at("args"))
    if part.engine != "vllm":
        return
    for value in option(part.line, _TRANSFER)[:1]:
        if not _is_mapping(value):
            reason = f"{part.name}: what follows {_TRANSFER} is not JSON with fields, so that vLLM ends at once."
            yield Finding(Severity.ERROR, reason, """Write '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'.""", part.at("args"))
    if part.role == "prefill" and not option(part.line, _TRANSFER) and not option(part.line, "--connector"):
        yield Finding(
            Severity.ERROR,
            f"{part.name} is not told how to hand the cache over: vLLM prefills, and the decode workers get nothing of it.",
            """Add --kv-transfer-config '{"kv_connector":"NixlConnector","kv_role":"kv_both"}' to the args of both halves.""",
            part.at("args"),
        )


def _is_mapping(text: str) -> bool:
    if "$" in text:
        return True  # a shell or a variable makes it
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except msgspec.DecodeError:
        return False


def _misplaced_router(parts: Sequence[Part]) -> Iterator[Finding]:
    """What routes are the frontends; a frontend beside a worker takes its variables from a container of its own."""
    if any(_ROUTER in part.env or part.sidecar for part in parts if part.answers or part.role == "epp"):
        return
    for part in parts:
        if part.works and _ROUTER in part.env:
            reason = f"{part.name}: {_ROUTER} is read by the frontend, and does nothing at a worker."
            yield Finding(Severity.WARNING, reason, "Set it at the component of type frontend.", part.at("env"))


def _router(part: Part, parts: Sequence[Part]) -> Iterator[Finding]:
    variable = part.env.get(_ROUTER)
    mode = variable.value if variable is not None and variable.value_from is None else ""
    if mode and mode not in ROUTER_MODES:
        reason = f'{part.name}: "{mode}" is no mode of the router that every release knows.'
        remedy = f"Use one of {', '.join(ROUTER_MODES)}; without the variable it is round-robin."
        yield Finding(Severity.ERROR if mode == "none" else Severity.WARNING, reason, remedy, part.at("env"))
    workers = [one for one in parts if one.works and one.engine in ("vllm", "sglang")]
    if mode == "kv" and workers and not any(option(one.line, "--kv-events-config") for one in workers):
        yield Finding(
            Severity.INFO,
            "The router chooses by what workers have cached, and none of them is told to report that (--kv-events-config): "
            "it may have to guess.",
            "Add --kv-events-config to the workers that prefill.",
            workers[0].at("args"),
        )


def _field(parts: Sequence[Part]) -> str:
    return "spec.services" if parts and parts[0].field.startswith("spec.services") else "spec.components"
