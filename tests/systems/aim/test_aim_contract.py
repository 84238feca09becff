"""Every sentence of AIM Engine's contract is shown by something, and every trap of it is told where people meet it: in the review of a
change, and by the doctor of what is there already."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.systems.aim.aim_contract import CONTRACT, SECTIONS
from tests.systems.aim.aim_objects import config, customised, env, own_model, own_template, routed, scaled, source, storage_class
from tests.systems.aim.aim_traps import TRAPS
from tests.systems.aim.aiming import KINDS, Manifest, Trap, facts, manifest, model, node, secret, service, template, there
from tests.systems.contract import gaps

from modeltui.changes.findings import of
from modeltui.changes.plan import Action, Change, Step
from modeltui.domain import Finding, Severity
from modeltui.systems import doctor, registry

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples" / "aim-engine"
VIEWS = {view.resource.kind: view for view in registry.examined() if view.resource.kind in KINDS}


def reviewed(document: Manifest, known: list[Manifest], kinds: tuple[str, ...]) -> tuple[Finding, ...]:
    """As the review of a change that writes it does."""
    resource, _ = KINDS[document["kind"]]
    namespace, name = document["metadata"].get("namespace", ""), document["metadata"]["name"]
    live = next((one for one in known if (one["kind"], one["metadata"]["name"]) == (document["kind"], name)), None)
    step = Step(Action.APPLY, resource, document, live, namespace, name)
    (found,) = of(Change("", (step,)), facts(known, of=kinds))
    return found


def examined(document: Manifest, known: list[Manifest], kinds: tuple[str, ...]) -> tuple[Finding, ...]:
    """As the doctor does of one that is there."""
    view = VIEWS[document["kind"]]
    return doctor.findings(view, there(document), facts([*known, document], of=kinds))


def test_every_sentence_is_shown_by_something() -> None:
    assert list(gaps(CONTRACT, [trap.name for trap in TRAPS], SECTIONS)) == []


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    found = [one for one in reviewed(trap.has, list(trap.known), tuple(trap.of)) if trap.says in one.reason]
    assert [(one.severity, one.field) for one in found] == [(trap.severity, trap.field)]
    assert found[0].remedy or trap.severity is Severity.INFO
    kinds = (*trap.of, *(document["kind"] for document in trap.known))
    otherwise = trap.known if trap.otherwise is None else trap.otherwise
    assert not [one for one in reviewed(trap.has_not, list(otherwise), kinds) if trap.says in one.reason and one.field == trap.field]


BEFORE = ("cannot be changed", "is no field", "caching is not a field", "cacheModel", "of the domain that AIM Engine had", "RoleBinding")
"""What is told of a manifest only: the API server refuses it or drops the field, or it is the first one that brings something along."""


@pytest.mark.parametrize(
    "trap",
    [trap for trap in TRAPS if not any(words in trap.says for words in BEFORE)],
    ids=lambda trap: trap.name,
)
def test_the_doctor_tells_it_of_what_is_there(trap: Trap) -> None:
    found = [one for one in examined(trap.has, list(trap.known), tuple(trap.of)) if trap.says in one.reason]
    assert [one.field for one in found] == [trap.field]


WELL = [
    (service(), []),
    (customised(source={"env": env(), "size": "2Gi"}, template={"allowUnoptimized": True}), []),
    (scaled(), []),
    (routed("/{.metadata.namespace}/{.metadata.name}"), []),
    (service(env=env(), runtimeConfigName="team", caching={"mode": "Shared"}), [config(name="team", env=env())]),
    (model(), []),
    (own_model(env=env()), []),
    (own_template(env=env()), []),
    (manifest("AIMTemplateCache", "c", spec={"templateName": "qwen-template", "templateScope": "Namespace"}), []),
    (manifest("AIMArtifact", "a", spec={"sourceUri": "hf://Qwen/Qwen2-0.5B", "env": env()}), []),
    (config(storage={"defaultStorageClassName": "nfs"}, routing={"enabled": True, "gatewayRef": {"name": "gw"}}), []),
    (config("AIMClusterRuntimeConfig", routing={"enabled": True, "gatewayRef": {"name": "gw", "namespace": "infra"}}), []),
    (source(versions=[">=0.8.0"], syncInterval="1h"), []),
]
AROUND = [
    *(model(), template(), node("n"), storage_class("nfs", "nfs.csi.k8s.io", default=True), secret("hf-token", "token")),
    *(manifest("Gateway", "gw"), manifest("AIMArtifact", "other", spec={"sourceUri": "hf://a/b"})),
]


@pytest.mark.parametrize(("document", "more"), WELL, ids=lambda value: value["kind"] if isinstance(value, dict) else "")
def test_what_is_in_order_has_no_finding_at_all(document: Manifest, more: list[Manifest]) -> None:
    known = [one for one in AROUND if (one["kind"], one["metadata"]["name"]) != (document["kind"], document["metadata"]["name"])]
    assert reviewed(document, [*known, *more], ("all",)) == ()


ON_PURPOSE = (
    *("is told to leave it alone", "makes the downloader pretend", "holds a secret in clear", "only a public bucket can be read so"),
    *("does not say on which hardware", "have no modelId of their own", "pvcHeadroomPercent has moved"),
)
"""What AIM Engine's own tests do."""


def real() -> list[Manifest]:
    if not SAMPLES.exists():
        pytest.skip("the reference material is not beside the checkout")
    documents = [
        one for path in sorted(SAMPLES.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text()) if one and one["kind"] in VIEWS
    ]
    for one in documents:
        if KINDS[one["kind"]][0].namespaced:
            one["metadata"].setdefault("namespace", "team")
    return [one for one in documents if one["kind"].startswith("AIM")]


def test_no_real_manifest_is_called_wrong() -> None:
    """Those of AIM Engine's own tests: what they do on purpose is a warning or a word, and nothing an error."""
    documents = real()
    assert len(documents) > 80
    found = [(one["metadata"]["name"], finding) for one in documents for finding in reviewed(one, [], ())]
    assert [told for told in found if told[1].severity is Severity.ERROR] == []
    warned = [finding.reason for _, finding in found if finding.severity is Severity.WARNING]
    assert [reason for reason in warned if not any(words in reason for words in ON_PURPOSE)] == []
