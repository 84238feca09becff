"""How long a graph's name may be, and with which letter it begins: others are made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence
from modeltui.systems.dynamo.parts import AnyGraph, Part
from modeltui.systems.dynamo.types import GROVE_SETS, LONGEST_COMBINED
from modeltui.systems.protocol import Facts

_FIELD: Final = "metadata.name"


def of_graph(graph: AnyGraph, parts: Sequence[Part], facts: Facts) -> Iterator[Finding]:
    name = graph.metadata.name
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Choose another one.", _FIELD)
        return
    if len(name) > LONGEST_LABEL:
        reason = f"The name has {len(name)} characters: its pods carry it as a label, which takes {LONGEST_LABEL}."
        yield Finding(Severity.ERROR, reason, "Choose a shorter one.", _FIELD)
        return
    if name[0].isdigit():
        reason = f'The name "{name}" begins with a digit: the Services named after it would be refused by most clusters.'
        yield Finding(Severity.ERROR, reason, "Begin with a letter.", _FIELD)
    for part in parts:
        service = f"{name}-{part.name.lower()}"
        if len(service) > LONGEST_LABEL:
            reason = f"The Service of {part.name} would be called {service}, {len(service)} characters of at most {LONGEST_LABEL}."
            yield Finding(Severity.ERROR, reason, "Shorten the name of the graph, or of the component.", _FIELD)
    yield from _grove(graph, parts, facts)


def combined(name: str, part: Part) -> int:
    """Characters that Grove counts: of the set, of the group where a replica has several nodes, and of the clique."""
    return len(name) + (2 * len(part.name) + len("-ldr") if part.nodes > 1 else len(part.name))


def _grove(graph: AnyGraph, parts: Sequence[Part], facts: Facts) -> Iterator[Finding]:
    """Where Grove is installed, Dynamo lets it run graphs, unless a graph says no."""
    said = graph.metadata.annotations.enable_grove
    if said.lower() == "false":
        return
    if said and said.lower() != "true":
        reason = f'Annotation nvidia.com/enable-grove is "{redact_text(said)}": Dynamo takes everything but "false" for true.'
        yield Finding(Severity.WARNING, reason, 'Write "true" or "false".', "metadata.annotations")
    longest = max(parts, key=lambda part: combined(graph.metadata.name, part), default=None)
    if longest is None or (length := combined(graph.metadata.name, longest)) <= LONGEST_COMBINED:
        return
    installed = facts.known(GROVE_SETS, graph.metadata.namespace)
    where = "Grove" if installed else "Grove, where it is installed,"
    yield Finding(
        Severity.ERROR if installed else Severity.WARNING,
        f"{where} refuses it: the names of the graph and of {longest.name} make {length} characters together, of at most "
        f"{LONGEST_COMBINED}.",
        'Shorten one of them; or annotate the graph with nvidia.com/enable-grove: "false".',
        _FIELD,
    )
