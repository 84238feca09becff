"""What the workers run: which engine, which model, of which version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.dynamo.checks import versions
from modeltui.systems.dynamo.parts import AnyGraph, Part
from modeltui.systems.dynamo.types import FRAMEWORKS
from modeltui.systems.serving.command_line import engine_by_image, engine_by_words, models_of, option


def of_parts(graph: AnyGraph, parts: Sequence[Part]) -> Iterator[Finding]:
    yield from _framework(graph, parts)
    yield from _executor(graph)
    served = {model for part in parts if part.works for model in models_of(part.line)}
    if len(served) > 1 and any(part.role in ("prefill", "decode") for part in parts):
        reason = (
            f"Its workers load different models ({redact_text(', '.join(sorted(served)))}): one half cannot go on from the other's cache."
        )
        yield Finding(Severity.ERROR, reason, "Give all of them the same model.", parts[0].field.rpartition("[")[0] or "spec.services")
    for part in parts:
        if part.works:
            yield from _model(part)
            yield from _image(part)
        yield from _version(part)


def _framework(graph: AnyGraph, parts: Sequence[Part]) -> Iterator[Finding]:
    said = graph.spec.backend_framework
    if said and said not in FRAMEWORKS:
        reason = f'backendFramework "{said}" is none that Dynamo knows.'
        yield Finding(Severity.ERROR, reason, f"There are {', '.join(FRAMEWORKS)}.", "spec.backendFramework")
        return
    runs = sorted({part.engine for part in parts if part.works and part.engine in FRAMEWORKS})
    if said and runs and runs != [said]:
        yield Finding(
            Severity.WARNING,
            f"backendFramework is {said}, but its workers run {', '.join(runs)}: what Dynamo adds to their command lines is for {said}.",
            "Make them agree; backendFramework cannot be changed later.",
            "spec.backendFramework",
        )
    if not said and any(part.nodes > 1 for part in parts):
        reason = "Replicas of several nodes need backendFramework: Dynamo has to know how the nodes find each other."
        yield Finding(Severity.WARNING, reason, f"Set it to one of {', '.join(FRAMEWORKS)}.", "spec.backendFramework")


def _executor(graph: AnyGraph) -> Iterator[Finding]:
    said = graph.metadata.annotations.executor
    if said and said.lower() not in ("mp", "ray"):
        yield Finding(
            Severity.ERROR,
            f'Annotation nvidia.com/vllm-distributed-executor-backend is "{redact_text(said)}", which Dynamo refuses.',
            "Write mp or ray.",
            "metadata.annotations",
        )


def _image(part: Part) -> Iterator[Finding]:
    """Each of Dynamo's runtime images holds one engine."""
    runs, holds = engine_by_words(part.line), engine_by_image(part.image)
    if runs in FRAMEWORKS and holds in FRAMEWORKS and runs != holds:
        reason = f"{part.name} starts {runs} in an image that holds {holds} ({redact_text(part.image)}): the command is not found there."
        yield Finding(Severity.WARNING, reason, f"Use a runtime image of {runs}, or start {holds}.", part.at("image"))


def _model(part: Part) -> Iterator[Finding]:
    if part.engine == "vllm" and option(part.line, "--model-path"):
        reason = f"{part.name} names its model with --model-path, which vLLM does not know: it ends at once."
        yield Finding(Severity.ERROR, reason, "Write --model.", part.at("args"))
    if part.engine in (*FRAMEWORKS, "mocker") and not models_of(part.line) and not part.model_ref and not _hidden(part):
        wanted = "--model" if part.engine == "vllm" else "--model-path"
        yield Finding(
            Severity.WARNING,
            f"{part.name} is not told which model to load, so that {part.engine} takes its own default.",
            f"Add {wanted} to its args.",
            part.at("args"),
        )


def _hidden(part: Part) -> bool:
    """A script or a file may say what nobody sees here."""
    return any(word.endswith((".sh", ".py", ".yaml", ".json")) or "$" in word for word in part.line)


def _version(part: Part) -> Iterator[Finding]:
    said = part.runtime_version
    if said and not versions.is_override(said):
        reason = f'{part.name}: runtimeVersionOverride "{said}" is not MAJOR.MINOR.PATCH.'
        yield Finding(Severity.ERROR, reason, "Write it like 1.1.1.", f"{part.field}.runtimeVersionOverride")
    elif not said and (told := versions.untold(part.image)):
        yield Finding(
            Severity.WARNING,
            f"{part.name}: Dynamo cannot tell the version of its runtime from {told}, and treats it as an old one or refuses it.",
            "Set runtimeVersionOverride to the version that the image holds, such as 1.1.1.",
            f"{part.field}.runtimeVersionOverride",
        )
