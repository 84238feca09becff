"""Names: of the Model, of its versions, and of what is made of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from modeltui.domain import Finding, Phase, Severity
from modeltui.systems.core.names import LONGEST_LABEL, name_problem, name_sentence, quoted
from modeltui.systems.dataset.types import WITHOUT_JOB
from modeltui.systems.modelfs.checks.asked import Asked
from modeltui.systems.modelfs.types import Model


def own_name(name: str) -> Iterator[Finding]:
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Give it a name such as qwen2.5-7b.", "metadata.name")


def duplicates(model: Model) -> Iterator[Finding]:
    for name, times in Counter(version.name for version in model.spec.versions).items():
        if times > 1:
            yield Finding(
                Severity.ERROR,
                f'Version name "{name}" stands {times} times: all of them mean the same Dataset.',
                "Give each version a name of its own.",
                "spec.versions",
            )


def version_name(asked: Asked) -> Iterator[Finding]:
    """It becomes a part of the name of a Dataset, of its claim and of a Job."""
    name = asked.version.name
    dataset = f"mdl-{asked.model.metadata.name}-{name}"
    job = f"dataset-{dataset}-round-1"
    if not name:
        yield Finding(
            Severity.ERROR, "A version has no name.", "Give it one; it becomes part of its Dataset's name.", f"{asked.field}.name"
        )
    elif problem := name_problem(dataset):
        yield Finding(
            Severity.ERROR,
            f"Version name {quoted(name)} makes {quoted(dataset)}, which cannot be the name of a Dataset: it {problem}.",
            'Use lower-case letters, digits, "-" and ".".',
            f"{asked.field}.name",
        )
    elif len(job) > LONGEST_LABEL and asked.source_type not in WITHOUT_JOB and asked.state.status.phase is not Phase.READY:
        yield Finding(
            Severity.ERROR,
            f"Version {name}: its download would be Job {job}, {len(job)} characters; the API server takes at most {LONGEST_LABEL}, "
            "so nothing would be fetched.",
            f"Make the names of the model and the version shorter by {len(job) - LONGEST_LABEL} characters together.",
            f"{asked.field}.name",
        )
