"""Every trap of Dynamo's kinds is told by the review of a change that has it, and by nobody of what has not; what is there already is told
of by the doctor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest
import yaml
from tests.systems.dynamo import graph_samples as made
from tests.systems.dynamo.graph_trapping import (
    ERROR,
    Manifest,
    Trap,
    adapter,
    gated,
    good,
    halves,
    known,
    older,
    older_wanted,
    secret,
    take,
    wanted,
)
from tests.systems.dynamo.graph_traps import GRAPH
from tests.systems.dynamo.other_traps import MODEL, OLDER, REQUEST
from tests.systems.kserve.kserving import reviewed, view_of
from tests.systems.linked import assert_linked
from tests.systems.traps import reasons_in

from modeltui.domain import Severity
from modeltui.kube.resource import Resource
from modeltui.systems import doctor
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dynamo import checks
from modeltui.systems.dynamo.checks import check_graph
from modeltui.systems.dynamo.types import GRAPHS, GROVE_SETS, POOLS, PRIORITY_CLASSES, QUEUES, WORKER_SETS
from modeltui.systems.facts import FactTable

_TABLES: Final = {"": GRAPH, "v1alpha1: ": OLDER, "request: ": REQUEST, "model: ": MODEL}
TRAPS: Final[dict[str, Trap]] = {f"{kind}{trap.name}": trap for kind, table in _TABLES.items() for trap in table}
"""By a name that says the kind, of all but a graph in v1beta1."""
_PATH: Final = re.compile(r"apiVersion|metadata\.\w+|spec(\.[\w-]+(\[[^\]]+\])?)*")


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    """And of what is good, nothing of the kind."""
    assert [one.reason for one in reviewed(trap.has_not, (trap.otherwise or trap.facts)()) if trap.says in one.reason] == []
    found = [one for one in reviewed(trap.has, trap.facts()) if trap.says in one.reason]
    assert {one.severity for one in found} == {trap.severity}
    assert all(one.remedy and _PATH.fullmatch(one.field) for one in found), [one.field for one in found]
    assert len({(one.field, one.reason) for one in found}) == len(found), "nothing is said twice"
    assert_linked(found)


_ONLY_BEFORE: Final = (
    *("has no field", "is a field of", "gives the replicas away", "cannot be changed", "does not exist yet"),
    *("while a rolling update", "belong to its Dynamo", "newer releases", "mounts volume", "will refuse it", "only proposes"),
    *(
        "already",
        "serves its base model",
        "without VllmWorker",
        "every component once",
        "one node and several",
        "makes no sense",
        "by its id",
        'strategy "',
    ),
)
"""What the API server does not keep, or what is a change: told of a manifest only."""
BOTH: Final = {name: trap for name, trap in TRAPS.items() if not any(words in trap.says for words in _ONLY_BEFORE)}


@pytest.mark.parametrize("trap", BOTH.values(), ids=BOTH)
def test_the_doctor_tells_it_of_the_object_that_is_there(trap: Trap) -> None:
    manifest, table = trap.has, trap.facts()
    view = view_of(manifest)
    there = msgspec.convert({**manifest, "metadata": {**manifest["metadata"], "uid": "u"}}, view.type)
    told = [one for one in doctor.diagnoses_of(view, there, table) if trap.says in one.finding.reason]
    assert {one.finding.severity for one in told} == {trap.severity}
    assert {(one.kind, one.name) for one in told} == {(manifest["kind"], manifest["metadata"]["name"])}
    assert all(one.finding.remedy for one in told)


def around(*resources: Resource) -> FactTable:
    """A cluster that has everything, wholly known."""
    return FactTable.of({resource: () for resource in (GRAPHS, GROVE_SETS, POOLS, WORKER_SETS, CLAIMS, *resources)})


@pytest.mark.parametrize(
    "manifest", [good(), halves(), older(), wanted(), older_wanted(), adapter()], ids=lambda one: f"{one['kind']} {one['apiVersion']}"
)
def test_what_is_good_has_no_finding(manifest: Manifest) -> None:
    assert reviewed(manifest, FactTable()) == ()


def test_what_is_good_has_none_in_a_cluster_that_is_known() -> None:
    assert check_graph(good(), around()) == check_graph(halves(), around(PRIORITY_CLASSES)) == ()
    take(manifest := good(), "hf")
    gated(manifest)
    assert check_graph(manifest, known(secret("hf", "HF_TOKEN"))()) == ()


def test_a_queue_counts_only_where_the_scheduler_is() -> None:
    assert check_graph(good(), around()) == ()
    assert [one.severity for one in check_graph(good(), around(QUEUES))] == [Severity.WARNING]


def test_no_real_manifest_is_called_wrong() -> None:
    """None is refused; what is told of some besides is that their tags are placeholders."""
    folder = made.SHARED / "samples" / "dynamo"
    if not folder.is_dir():
        pytest.skip("the reference material is not beside the checkout")
    kinds = ("DynamoGraphDeployment", "DynamoModel", "DynamoGraphDeploymentRequest")
    files = {path.stem: yaml.safe_load_all(path.read_text()) for path in sorted(folder.glob("*.yaml"))}
    real = [(name, one) for name, found in files.items() for one in found if one and one["kind"] in kinds]
    assert len(real) > 10
    found = [(name, one) for name, manifest in real for one in reviewed(manifest, FactTable())]
    assert [(name, one.reason) for name, one in found if one.severity is ERROR] == []
    warned = {one.reason for _, one in found if one.severity is Severity.WARNING and "cannot tell the version" not in one.reason}
    assert warned == set()


def test_a_graph_that_is_looked_at_itself_is_not_held_against_itself() -> None:
    there = made.graph(good() | {"spec": {**good()["spec"], "restart": {"id": "1"}}})
    assert check_graph(there, known((GRAPHS, there))()) == ()  # type: ignore[arg-type]  # v1beta1, as the manifest says


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    told = "\n".join(one.reason for trap in TRAPS.values() for one in reviewed(trap.has, trap.facts()))
    folder = Path(str(checks.__file__)).parent
    assert [part for part in reasons_in(*sorted(folder.glob("*.py"))) if part not in told] == []
