"""LLMInferenceServices as KServe runs them where there is no Gateway API."""

from typing import Any

from yard import Obj, Yard

from modeltui.demo.controllers.failures import FAIL

LLM = "llminferenceservices.serving.kserve.io"
GPU = {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": "1"}}


def template(**main: Any) -> Obj:
    return {"containers": [{"name": "main", "resources": GPU, **main}]}


def serve(yard: Yard, name: str = "qwen", *, uri: str = "hf://Qwen/Qwen3-0.6B", annotations: Any = None, **spec: Any) -> Obj:
    wanted = {"model": {"uri": uri, "name": "Qwen/Qwen3-0.6B"}, "replicas": 1, "template": template(), **spec}
    return yard.make(LLM, name, annotations=annotations, spec=wanted)


def ready(yard: Yard, name: str = "qwen") -> bool:
    return yard.condition(LLM, name, "Ready").get("status") == "True"


def test_from_created_to_running_to_stopped_to_deleted(yard: Yard) -> None:
    serve(yard)
    yard.passes(seconds=1)
    assert yard.told(LLM, "qwen")["MainWorkloadReady"] == ("False", "MinimumReplicasUnavailable")
    assert yard.told(LLM, "qwen")["Ready"] == ("False", "MinimumReplicasUnavailable"), "it repeats what is false"
    deployment, service = yard.get("deployments.apps", "qwen-kserve"), yard.get("services", "qwen-kserve-workload-svc")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/component"] == "llminferenceservice-workload"
    assert (labels["app.kubernetes.io/name"], labels["app.kubernetes.io/part-of"]) == ("qwen", "llminferenceservice")
    assert labels["llm-d.ai/role"] == "both"
    pod = deployment["spec"]["template"]["spec"]
    assert pod["initContainers"][0]["args"] == ["hf://Qwen/Qwen3-0.6B", "/mnt/models"]
    assert 'vllm serve /mnt/models --served-model-name "Qwen/Qwen3-0.6B" --port 8000' in pod["containers"][0]["args"][0]
    assert service["spec"]["ports"][0]["port"] == 8000

    yard.until(lambda: ready(yard))
    status = yard.status(LLM, "qwen")
    told = {kind: word for kind, (word, _) in yard.told(LLM, "qwen").items()}
    assert told == dict.fromkeys(("MainWorkloadReady", "PresetsCombined", "Ready", "RouterReady", "WorkloadsReady"), "True")
    assert status["workloads"]["primary"] == {"apiGroup": "apps", "kind": "Deployment", "name": "qwen-kserve", "readyReplicas": 1}
    assert status["addresses"] == [{"url": f"https://qwen-kserve-workload-svc.{yard.ns}.svc.cluster.local"}]
    assert ("LLMInferenceServiceReady", "LLMInferenceService [qwen] is Ready") in yard.events("qwen")

    yard.change(LLM, "qwen", {"metadata": {"annotations": {"serving.kserve.io/stop": "true"}}})
    yard.passes(seconds=60)
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []
    assert yard.told(LLM, "qwen")["Ready"] == ("False", "Stopped")
    assert "addresses" not in yard.status(LLM, "qwen")
    yard.change(LLM, "qwen", {"metadata": {"annotations": {"serving.kserve.io/stop": None}}})
    yard.until(lambda: ready(yard))
    assert "HTTPRoutesReady" not in yard.told(LLM, "qwen"), "what there is no part of is not told any more"

    yard.delete(LLM, "qwen")
    yard.passes(seconds=60)
    assert yard.find(LLM, "qwen") is None
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []


def test_prefill_is_a_workload_of_its_own_and_both_are_scaled(yard: Yard) -> None:
    serve(yard, replicas=2, prefill={"replicas": 1, "template": template()})
    yard.until(lambda: ready(yard) and yard.status(LLM, "qwen")["workloads"]["primary"]["readyReplicas"] == 2)
    status = yard.status(LLM, "qwen")
    assert status["workloads"]["prefill"]["name"] == "qwen-kserve-prefill"
    roles = [pod["metadata"]["labels"]["llm-d.ai/role"] for pod in yard.list("pods")]
    assert sorted(roles) == ["decode", "decode", "prefill"]
    yard.change(LLM, "qwen", {"spec": {"replicas": 1, "prefill": {"replicas": 2}}})
    yard.until(lambda: sorted(pod["metadata"]["labels"]["llm-d.ai/role"] for pod in yard.list("pods")) == ["decode", "prefill", "prefill"])


def test_prefill_cannot_be_taken_away_since_the_selector_of_the_deployment_names_the_role(yard: Yard) -> None:
    serve(yard, prefill={"replicas": 1, "template": template()})
    yard.until(lambda: ready(yard))
    yard.change(LLM, "qwen", {"spec": {"prefill": None}})
    yard.passes(seconds=30)
    assert any("field is immutable" in message for _, message in yard.events("qwen"))
    assert yard.get("deployments.apps", "qwen-kserve")["spec"]["template"]["metadata"]["labels"]["llm-d.ai/role"] == "decode"


def test_a_template_of_ones_own_counts_over_the_preset(yard: Yard) -> None:
    variables = [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--max-model-len 4096"}]
    serve(yard, uri="pvc://weights/qwen", template=template(image="vllm/vllm-openai:v0.11.0", env=variables))
    yard.passes(seconds=1)
    pod = yard.get("deployments.apps", "qwen-kserve")["spec"]["template"]["spec"]
    main = pod["containers"][0]
    assert main["image"] == "vllm/vllm-openai:v0.11.0"
    assert {"name": "VLLM_LOGGING_LEVEL", "value": "INFO"} in main["env"]
    assert variables[0] in main["env"]
    assert "initContainers" not in pod
    assert {"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": "weights"}} in pod["volumes"]


def test_a_scheduler_and_a_route_need_kinds_that_are_not_there(yard: Yard) -> None:
    serve(yard, router={"scheduler": {}, "route": {}, "gateway": {}})
    yard.passes(minutes=3)
    told = yard.told(LLM, "qwen")
    assert told["WorkloadsReady"] == ("True", "")
    assert told["SchedulerWorkloadReady"] == ("False", "SchedulerReconcileError")
    assert "InferencePool" in yard.condition(LLM, "qwen", "Ready")["message"]
    assert yard.find("deployments.apps", "qwen-kserve-router-scheduler") is not None
    assert any("failed to reconcile networking" in message for _, message in yard.events("qwen"))
    yard.change(LLM, "qwen", {"spec": {"router": {"scheduler": None}}})
    yard.passes(minutes=1)
    assert yard.told(LLM, "qwen")["HTTPRoutesReady"] == ("False", "HTTPRouteReconcileError")
    assert yard.find("deployments.apps", "qwen-kserve-router-scheduler") is None
    yard.change(LLM, "qwen", {"spec": {"router": None}})
    yard.until(lambda: ready(yard))


def test_a_config_that_is_not_there(yard: Yard) -> None:
    serve(yard, baseRefs=[{"name": "gpu-preset"}])
    yard.passes(seconds=1)
    assert yard.told(LLM, "qwen") == {"PresetsCombined": ("False", "ConfigNotFound"), "Ready": ("False", "ConfigNotFound")}
    assert yard.list("deployments.apps") == []


def test_several_nodes_need_leader_worker_sets(yard: Yard) -> None:
    serve(yard, worker=template(), parallelism={"pipeline": 2})
    yard.passes(seconds=1)
    assert yard.told(LLM, "qwen")["WorkerWorkloadReady"] == ("False", "LWSNotAvailable")
    assert yard.told(LLM, "qwen")["Ready"] == ("False", "LWSNotAvailable")


def test_gated_weights_without_a_token_and_a_failure_on_demand(yard: Yard) -> None:
    serve(yard, uri="hf://google/gemma-3-12b-it")
    serve(yard, "crashing")
    yard.change(LLM, "crashing", {"spec": {"annotations": {FAIL: "crash/main"}}})
    yard.passes(minutes=5)
    first = yard.list("pods", labels="app.kubernetes.io/name=qwen")[0]["status"]["initContainerStatuses"][0]
    assert first["restartCount"] > 0
    pods = yard.list("pods", labels="app.kubernetes.io/name=crashing")
    assert any(pod["status"]["containerStatuses"][0]["restartCount"] > 0 for pod in pods)
    assert not ready(yard)
