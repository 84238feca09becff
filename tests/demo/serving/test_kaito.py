"""KAITO's Workspaces and InferenceSets, on nodes that are there."""

import re

from yard import Obj, Yard

WORKSPACES, SETS = "workspaces.kaito.sh", "inferencesets.kaito.sh"
H100 = {"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}}


def make(yard: Yard, name: str = "phi", *, preset: str = "phi-4", selector: Obj = H100, **options: str) -> Obj:
    inference: Obj = {"preset": {"name": preset, **({"presetOptions": options} if options else {})}}
    return yard.make(WORKSPACES, name, resource={"labelSelector": selector}, inference=inference)


def ready(yard: Yard, name: str = "phi") -> bool:
    return yard.told(WORKSPACES, name).get("WorkspaceSucceeded", ("", ""))[0] == "True"


def test_from_created_to_running_to_deleted(yard: Yard) -> None:
    make(yard)
    yard.passes(seconds=1)
    assert yard.told(WORKSPACES, "phi")["ResourceReady"][0] == "True"
    assert yard.told(WORKSPACES, "phi")["InferenceReady"] == ("False", "WorkspaceInferenceStatusPending")
    yard.until(lambda: ready(yard), step=5)
    status = yard.status(WORKSPACES, "phi")
    assert (status["state"], status["workerNodes"]) == ("Ready", ["h100-1"])
    assert [pod["metadata"]["name"] for pod in yard.list("pods")] == ["phi-0"]
    assert yard.get("services", "phi")["spec"]["ports"][0]["targetPort"] == 5000
    yard.delete(WORKSPACES, "phi")
    yard.passes(seconds=60)
    assert yard.list("statefulsets.apps") == yard.list("pods") == yard.list("services") == []


def test_without_a_node_that_has_the_labels_it_waits_for_one(yard: Yard) -> None:
    make(yard, selector={"matchLabels": {"pool": "none"}})
    yard.passes(minutes=2)
    assert yard.told(WORKSPACES, "phi")["ResourceReady"] == ("False", "workspaceResourceStatusNotReady")
    assert yard.status(WORKSPACES, "phi")["state"] == "Pending"
    assert yard.list("statefulsets.apps") == []


def test_a_gated_preset_needs_its_secret(yard: Yard) -> None:
    make(yard, preset="llama-3.1-8b-instruct", modelAccessSecret="hf-token")
    yard.passes(minutes=2)
    assert not ready(yard)
    yard.make("secrets", "hf-token", stringData={"HF_TOKEN": "hf_notReal"})
    yard.until(lambda: ready(yard), step=5)


def test_an_inference_set_keeps_as_many_workspaces_as_wanted(yard: Yard) -> None:
    template = {"resource": {"instanceType": "any"}, "inference": {"preset": {"name": "phi-4"}}}
    yard.make(SETS, "many", spec={"replicas": 2, "labelSelector": H100, "template": template})
    yard.until(lambda: yard.status(SETS, "many").get("readyReplicas") == 2, step=5)
    assert yard.told(SETS, "many")["InferenceSetReady"] == ("True", "inferencesetReady")
    first, second = sorted(each["metadata"]["name"] for each in yard.list(WORKSPACES))
    assert all(re.fullmatch(r"many-[a-z0-9]{5}", name) for name in (first, second)), "nobody can tell them beforehand"
    assert all("many" in pod["spec"]["containers"][0]["args"] for pod in yard.list("pods")), "they answer to the name of the set"
    assert yard.status(SETS, "many")["selector"] == "inferenceset.kaito.sh/created-by=many"
    yard.change(SETS, "many", {"spec": {"replicas": 1}})
    yard.passes(seconds=60)
    (left,) = [each["metadata"]["name"] for each in yard.list(WORKSPACES)]
    assert left in (first, second)
    assert yard.status(SETS, "many")["replicas"] == 1


def test_the_workspace_that_serves_goes_last(yard: Yard) -> None:
    template = {"resource": {"instanceType": "any"}, "inference": {"preset": {"name": "phi-4"}}}
    yard.make(SETS, "many", spec={"replicas": 1, "labelSelector": H100, "template": template})
    yard.until(lambda: yard.status(SETS, "many").get("readyReplicas") == 1, step=5)
    (serving,) = [each["metadata"]["name"] for each in yard.list(WORKSPACES)]
    yard.change(SETS, "many", {"spec": {"replicas": 3}})
    yard.passes(seconds=1)
    assert yard.told(SETS, "many")["InferenceSetReady"] == ("False", "inferencesetNotReady")
    yard.change(SETS, "many", {"spec": {"replicas": 1}})
    yard.passes(seconds=60)
    assert [each["metadata"]["name"] for each in yard.list(WORKSPACES)] == [serving]
