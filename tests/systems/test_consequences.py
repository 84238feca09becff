"""What hangs on an object is told before it goes: data, pods, others that refer to it; and what may not be seen is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Forbidden, KubeError, NotFound, Unreachable
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import (
    CLAIMS,
    NAMESPACES,
    PODS,
    VOLUMES,
    Namespace,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
)
from modeltui.systems.dataset.consequences import of_dataset
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.consequences import of_model, of_source
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource
from modeltui.systems.unseen import why_not

RESOURCES: dict[type[Object], Resource] = {
    **{Model: MODELS, ModelSource: SOURCES, Dataset: DATASETS, Namespace: NAMESPACES},
    **{PersistentVolumeClaim: CLAIMS, PersistentVolume: VOLUMES, Pod: PODS},
}
EVERYTHING = tuple(RESOURCES.values())


def facts(*objects: Object, unknown: Sequence[Resource] = ()) -> FactTable:
    table = FactTable()
    for resource in EVERYTHING:
        table.set_known(resource, "", known=resource not in unknown)
    for obj in objects:
        table.put(RESOURCES[type(obj)], obj)
    return table


def made(kind: type[Any], name: str, *, namespace: str = "team", metadata: dict[str, Any] | None = None, **content: Any) -> Any:
    whole = {"name": name, "namespace": namespace, "uid": f"{namespace}-{name}", **(metadata or {})}
    return msgspec.convert({"metadata": whole, **content}, kind)


def dataset(
    name: str = "mdl-qwen-v1", kind: str = "HUGGING_FACE", uri: str = "x://y", *, claim: str = "data", owner: str = "", **spec: Any
) -> Any:
    place = spec.pop("namespace", "team")
    owners = {"ownerReferences": [{"kind": "Model", "name": owner}]} if owner else {}
    whole = {"source": {"type": kind, "uri": uri}, **spec}
    return made(Dataset, name, namespace=place, metadata=owners, spec=whole, status={"pvcName": claim})


def claim(name: str = "data", *, capacity: str = "12Gi", phase: str = "Bound", volume: str = "pv-1", **metadata: Any) -> Any:
    status = {"phase": phase, "capacity": {"storage": capacity} if capacity else {}}
    spec = {"resources": {"requests": {"storage": "10Gi"}}, "volumeName": volume}
    return made(PersistentVolumeClaim, name, metadata=metadata, spec=spec, status=status)


def volume(policy: str = "Delete") -> Any:
    return made(PersistentVolume, "pv-1", namespace="", spec={"persistentVolumeReclaimPolicy": policy})


def pod(name: str = "vllm-0", *, mounts: str = "data", phase: str = "Running", namespace: str = "team", job: str = "") -> Any:
    owners = {"ownerReferences": [{"kind": "Job", "name": job}]} if job else {}
    volumes = [{"name": "tmp", "emptyDir": {}}, {"name": "w", "persistentVolumeClaim": {"claimName": mounts}}]
    return made(Pod, name, namespace=namespace, metadata=owners, spec={"volumes": volumes}, status={"phase": phase})


def model(*versions: dict[str, Any], name: str = "qwen", source: str = "hf") -> Any:
    return made(Model, name, spec={"sourceRef": source, "versions": list(versions)})


def version(name: str = "v1", **extra: Any) -> dict[str, Any]:
    return {"name": name, "repo": "Qwen/Qwen2", "state": "PRESENT", **extra}


def told(found: Iterable[Finding], severity: Severity) -> str:
    return "\n".join(finding.reason for finding in found if finding.severity is severity)


def errors(found: Iterable[Finding]) -> str:
    return told(found, Severity.ERROR)


def warnings(found: Iterable[Finding]) -> str:
    return told(found, Severity.WARNING)


def infos(found: Iterable[Finding]) -> str:
    return told(found, Severity.INFO)


# ---- a Dataset: its data --------------------------------------------------------------------------------------------


def test_the_claim_goes_with_its_data_and_its_size_is_told() -> None:
    found = of_dataset(dataset(), None, facts(claim(), volume()), {})
    assert errors(found) == ""
    assert "Claim data (capacity 12Gi) is deleted with it, and the data on it is lost." in warnings(found)
    assert "No running pod mounts claim data." in infos(found)


def test_without_a_capacity_the_request_is_told_and_without_a_claim_in_sight_the_size_is_unknown() -> None:
    assert "(Lost, asks for 10Gi)" in warnings(of_dataset(dataset(), None, facts(claim(capacity="", phase="Lost"), volume()), {}))
    asked = dataset(volumeClaimTemplate={"spec": {"resources": {"requests": {"storage": "7Gi"}}}})
    assert "(asked for 7Gi, size unknown)" in warnings(of_dataset(asked, None, facts(unknown=[CLAIMS]), {}))


def test_a_claim_that_was_never_bound_loses_nothing() -> None:
    found = of_dataset(dataset(), None, facts(claim(capacity="", phase="Pending", volume="")), {})
    assert warnings(found) == ""
    assert "no data is lost" in infos(found)


def test_a_retained_volume_keeps_the_data_but_nothing_refers_to_it() -> None:
    found = of_dataset(dataset(), None, facts(claim(), volume("Retain")), {})
    assert "Volume pv-1 is retained with the data" in warnings(found)
    assert "lost" not in warnings(found)


def test_whether_a_volume_is_retained_is_unknown_where_volumes_may_not_be_listed() -> None:
    found = of_dataset(dataset(), None, facts(claim(), unknown=[VOLUMES]), {(VOLUMES, ""): forbidden()})
    assert "the data on it is lost. Whether the volume is retained is unknown: persistentvolumes may not be listed." in warnings(found)


def test_what_was_put_there_by_hand_cannot_be_fetched_again() -> None:
    (found,) = [one for one in of_dataset(dataset(kind="MANUAL"), None, facts(claim(), volume()), {}) if "lost" in one.reason]
    assert "by hand" in found.remedy


@pytest.mark.parametrize(
    ("kept", "claims"),
    [
        (dataset(kind="PVC", uri="pvc://weights/qwen", claim="weights"), [claim("weights")]),
        (dataset(volumeClaimRef={"name": "weights"}), [claim("weights")]),
    ],
    ids=["type PVC", "volumeClaimRef"],
)
def test_a_claim_that_the_dataset_only_uses_stays(kept: Dataset, claims: list[Object]) -> None:
    found = of_dataset(kept, None, facts(*claims, pod(mounts="weights")), {})
    assert (errors(found), warnings(found)) == ("", "")
    assert infos(found) == "Claim weights stays (capacity 12Gi), and its data with it: the Dataset only uses it."


def test_a_dataset_whose_given_claim_is_gone_can_never_go() -> None:
    found = of_dataset(dataset(volumeClaimRef={"name": "weights"}), None, facts(), {})
    assert "never lets the Dataset go" in warnings(found)


@pytest.mark.parametrize(
    ("kind", "uri", "says"),
    [("REFERENCE", "dataset://a/b", "stays where it is, with Dataset a/b"), ("NFS", "nfs://h/p", "the files stay on the NFS server")],
)
def test_data_that_is_elsewhere_stays(kind: str, uri: str, says: str) -> None:
    found = of_dataset(dataset(kind=kind, uri=uri), None, facts(claim()), {})
    assert warnings(found) == ""
    assert says in infos(found)


def test_a_claim_that_nobody_reported_is_found_by_its_label() -> None:
    labelled = claim("other", labels={"baize.io/dataset-name": "mdl-qwen-v1"})
    assert "Claim other (capacity 12Gi)" in warnings(of_dataset(dataset(claim=""), None, facts(labelled, volume()), {}))
    assert of_dataset(dataset(claim=""), None, facts(), {}) == ()
    assert "persistentvolumeclaims in namespace team may not be listed" in warnings(
        of_dataset(dataset(claim=""), None, facts(unknown=[CLAIMS]), {(CLAIMS, "team"): forbidden()})
    )


# ---- a Dataset: who uses it -----------------------------------------------------------------------------------------


def test_pods_that_mount_it_right_now_are_named_and_stop_it() -> None:
    known = facts(claim(), volume(), pod("vllm-1"), pod("vllm-0"), pod("else", mounts="other"))
    found = of_dataset(dataset(), None, known, {})
    assert found[0].severity is Severity.ERROR
    assert "mounted right now by pods vllm-0, vllm-1" in errors(found)
    assert "else" not in errors(found)


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_holds_nothing(phase: str) -> None:
    found = of_dataset(dataset(), None, facts(claim(), volume(), pod(phase=phase)), {})
    assert errors(found) == ""


def test_a_download_under_way_stops_which_is_no_error() -> None:
    found = of_dataset(dataset(), None, facts(claim(), volume(), pod("load-x", job="dataset-mdl-qwen-v1-round-1")), {})
    assert errors(found) == ""
    assert "Its download is under way, and stops: pod load-x." in warnings(found)


def test_which_pods_mount_it_is_unknown_never_none_where_pods_may_not_be_listed() -> None:
    found = of_dataset(dataset(), None, facts(claim(), volume(), unknown=[PODS]), {(PODS, "team"): forbidden()})
    assert "Which pods mount claim data is unknown: pods in namespace team may not be listed." in warnings(found)
    assert "No running pod" not in infos(found)


REFERRING = dataset("copy", "REFERENCE", "dataset://team/mdl-qwen-v1", claim="copy", namespace="nlp")


def test_datasets_of_other_namespaces_that_refer_to_it_are_named_with_their_pods() -> None:
    known = facts(dataset(), claim(), volume(), REFERRING, pod("reader", mounts="copy", namespace="nlp"))
    found = of_dataset(dataset(), None, known, {})
    assert "Dataset nlp/copy refers to it, and would have nothing to refer to: namespaces nlp." in warnings(found)
    assert "In namespace nlp, pod reader mounts claim copy" in errors(found)


def test_pods_of_other_namespaces_keep_what_is_retained() -> None:
    known = facts(dataset(), claim(), volume("Retain"), REFERRING, pod("reader", mounts="copy", namespace="nlp"))
    assert errors(of_dataset(dataset(), None, known, {})) == ""


def test_pods_of_other_namespaces_are_unknown_where_they_may_not_be_listed() -> None:
    known = facts(dataset(), claim(), volume(), REFERRING, unknown=[PODS])
    known.set_known(PODS, "team", known=True)
    found = of_dataset(dataset(), None, known, {(PODS, "nlp"): forbidden()})
    assert "through claim nlp/copy is unknown: pods in namespace nlp may not be listed" in warnings(found)


@pytest.mark.parametrize(("share", "severity"), [(True, Severity.WARNING), (False, Severity.INFO)])
def test_who_refers_to_it_is_unknown_where_datasets_may_not_be_listed_everywhere(share: bool, severity: Severity) -> None:
    known = facts(claim(), volume(), unknown=[DATASETS])
    known.set_known(DATASETS, "team", known=True)
    found = of_dataset(dataset(share=share), None, known, {(DATASETS, ""): forbidden()})
    assert "refer to it is unknown: datasets in all namespaces may not be listed" in told(found, severity)


# ---- a Dataset: shared less -----------------------------------------------------------------------------------------


def test_who_may_not_refer_to_it_any_more_is_named() -> None:
    before, after = dataset(share=True), dataset(share=False)
    assert "Dataset nlp/copy may not refer to it any more" in warnings(of_dataset(before, after, facts(REFERRING), {}))
    assert of_dataset(before, before, facts(REFERRING), {}) == ()
    assert of_dataset(after, before, facts(REFERRING), {}) == ()


def test_a_selector_that_leaves_a_namespace_out_costs_its_references() -> None:
    label = msgspec.convert({"metadata": {"name": "nlp", "labels": {"env": "prod"}}}, Namespace)
    before = dataset(share=True)
    out, still = (dataset(share=True, shareToNamespaceSelector={"matchLabels": {"env": env}}) for env in ("test", "prod"))
    assert "nlp/copy" in warnings(of_dataset(before, out, facts(REFERRING, label), {}))
    assert of_dataset(before, still, facts(REFERRING, label), {}) == ()


# ---- a Model --------------------------------------------------------------------------------------------------------

OWNED = dataset(owner="qwen")


def test_everything_that_a_model_owns_is_listed_with_its_data_and_its_pods() -> None:
    known = facts(OWNED, dataset("mdl-qwen-v2", owner="qwen", claim="two"), dataset("other", claim="three"), claim(), volume(), pod())
    found = of_model(model(version(), version("v2")), None, known, {})
    assert "Its Datasets mdl-qwen-v1, mdl-qwen-v2 go with it." in warnings(found)
    assert "Dataset mdl-qwen-v1: Claim data is mounted right now by pod vllm-0" in errors(found)
    assert "Dataset mdl-qwen-v1: Claim data (capacity 12Gi) is deleted with it, and the data on it is lost." in warnings(found)
    assert "three" not in "".join(finding.reason for finding in found)


def test_what_goes_with_a_model_is_unknown_where_datasets_may_not_be_listed() -> None:
    found = of_model(model(version()), None, facts(unknown=[DATASETS]), {(DATASETS, "team"): forbidden()})
    assert "with how much data, go with it is unknown: datasets in namespace team may not be listed" in warnings(found)


def test_namespaces_that_a_version_asks_to_be_shared_with_are_named() -> None:
    shared = model(version(share={"enabled": True}))
    other = msgspec.convert({"metadata": {"name": "nlp"}}, Namespace)
    assert "asks to be shared with namespace nlp" in infos(of_model(shared, None, facts(other), {}))
    denied = of_model(shared, None, facts(unknown=[NAMESPACES]), {(NAMESPACES, ""): forbidden()})
    assert "is unknown: namespaces may not be listed" in warnings(denied)


# ---- a version ------------------------------------------------------------------------------------------------------


def test_a_version_that_is_paused_loses_its_dataset() -> None:
    before = model(version(), version("v2"))
    found = of_model(before, model(version(state="ABSENT"), version("v2")), facts(OWNED, claim(), volume(), pod()), {})
    assert "Version v1: modelfs deletes Dataset mdl-qwen-v1." in warnings(found)
    assert "mounted right now by pod vllm-0" in errors(found)
    assert {finding.field for finding in found} == {"spec.versions[0].state"}


def test_a_version_that_is_taken_out_leaves_its_dataset_behind() -> None:
    found = of_model(model(version(), version("v2")), model(version("v2")), facts(OWNED, claim(), volume(), pod()), {})
    assert "Version v1 leaves the spec, but Dataset mdl-qwen-v1 stays" in warnings(found)
    assert errors(found) == ""
    assert of_model(model(version(), version("v2")), model(version("v2")), facts(), {}) == ()


def test_what_becomes_of_a_version_is_unknown_where_datasets_may_not_be_listed() -> None:
    unseen: dict[tuple[Resource, str], KubeError] = {(DATASETS, "team"): forbidden()}
    for after in (model(version(state="ABSENT")), model(version("v2"))):
        found = of_model(model(version()), after, facts(unknown=[DATASETS]), unseen)
        assert "is unknown: datasets in namespace team may not be listed" in warnings(found)


def test_a_version_that_is_not_shared_any_more_leaves_its_references_behind() -> None:
    shared = model(version(share={"enabled": True}))
    found = of_model(shared, model(version()), facts(OWNED, REFERRING), {})
    assert "but Dataset nlp/copy stays: modelfs takes nothing back" in warnings(found)


@given(st.sampled_from([version(), version(state="ABSENT"), version("v2"), version(precision="FP16"), version(repo="a/b")]))
def test_a_change_that_loses_nothing_has_no_consequences(entry: dict[str, Any]) -> None:
    before = model(entry)
    assert of_model(before, before, FactTable(), {}) == ()
    assert of_model(before, model(entry, version("another")), FactTable(), {}) == ()


def test_even_who_knows_nothing_tells_something_of_every_loss() -> None:
    """What decides whether the cluster is looked at again before a review."""
    nothing = FactTable()
    assert of_dataset(dataset(), None, nothing, {})
    assert of_dataset(dataset(claim=""), None, nothing, {})
    assert of_dataset(dataset(kind="PVC", uri="pvc://x/y"), None, nothing, {})
    assert of_dataset(dataset(share=True), dataset(), nothing, {})
    assert of_model(model(version()), None, nothing, {})
    assert of_model(model(version()), model(version(state="ABSENT")), nothing, {})
    assert of_model(model(version()), model(version("v2")), nothing, {})
    assert of_model(model(version(share={"enabled": True})), model(version()), nothing, {})
    assert of_source(made(ModelSource, "hf"), None, nothing, {})


# ---- a ModelSource --------------------------------------------------------------------------------------------------


def test_models_that_refer_to_a_source_hold_its_deletion_up() -> None:
    source = made(ModelSource, "hf", spec={"type": "HUGGING_FACE", "secretRef": "token"})
    known = facts(model(name="b"), model(name="a"), model(name="c", source="other"))
    found = of_source(source, None, known, {})
    assert "Models a, b refer to it: its finalizer holds the deletion up" in errors(found)
    assert "Secret token is not deleted with it." in infos(found)
    assert errors(of_source(source, None, facts(model(source="other")), {})) == ""


def test_which_models_refer_to_a_source_is_unknown_where_models_may_not_be_listed() -> None:
    found = of_source(made(ModelSource, "hf"), None, facts(unknown=[MODELS]), {(MODELS, "team"): forbidden()})
    assert errors(found) == ""
    assert "is unknown: models in namespace team may not be listed" in warnings(found)


def test_a_changed_source_deletes_nothing() -> None:
    assert of_source(made(ModelSource, "hf"), made(ModelSource, "hf"), FactTable(), {}) == ()


# ---- why something is unknown ---------------------------------------------------------------------------------------


def forbidden() -> Forbidden:
    return Forbidden("no", status=403)


def test_reasons_for_not_knowing_differ() -> None:
    assert why_not({(PODS, "a"): forbidden()}, PODS, "a") == "pods in namespace a may not be listed"
    assert why_not({}, PODS, "a") == "pods in namespace a have not been listed"
    assert (
        why_not({(PODS, ""): Unreachable("The server is gone.")}, PODS, "")
        == "pods in all namespaces could not be listed (The server is gone)"
    )
    gone = NotFound("no such kind", status=404)
    assert why_not({(DATASETS, ""): gone}, DATASETS, "") == "the server does not know datasets.dataset.baizeai.io"
