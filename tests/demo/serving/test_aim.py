"""AIM Engine's services: from the model over a template and its weights to an InferenceService that runs."""

from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo.controllers.serving_pods import served

SVC, MODELS, CLUSTER_MODELS = "aimservices.aim.eai.amd.com", "aimmodels.aim.eai.amd.com", "aimclustermodels.aim.eai.amd.com"
TEMPLATES, CACHES, ARTIFACTS = "aimservicetemplates.aim.eai.amd.com", "aimtemplatecaches.aim.eai.amd.com", "aimartifacts.aim.eai.amd.com"
CONFIGS, ISVC = "aimruntimeconfigs.aim.eai.amd.com", "inferenceservices.serving.kserve.io"
QWEN = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B"}


def custom(yard: Yard, name: str = "my-qwen", *, source: Obj = QWEN, gpu: Any = None, allow: bool = True, **spec: Any) -> Obj:
    model = {"baseImage": "amdenterpriseai/aim-base:0.9", "modelSources": [source], "hardware": {"gpu": gpu or {"requests": 1}}}
    wanted: Obj = {"model": {"custom": model}, "replicas": 1, **spec}
    if allow:
        wanted["template"] = {"allowUnoptimized": True}
    return yard.make(SVC, name, spec=wanted)


def word(yard: Yard, name: str = "my-qwen") -> str:
    return str(yard.status(SVC, name).get("status", ""))


def test_a_custom_model_from_created_to_running_to_deleted(yard: Yard) -> None:
    custom(yard)
    yard.passes(seconds=2)
    assert word(yard) == "Starting"
    assert yard.told(SVC, "my-qwen")["CacheReady"][1] in ("CacheCreating", "CacheNotReady")

    (model,) = yard.list(MODELS)
    assert "ownerReferences" not in model["metadata"], "an auto-created model outlives its service"
    assert model["metadata"]["labels"]["aim.eai.amd.com/origin"] == "auto-generated"
    assert model["metadata"]["labels"]["aim.eai.amd.com/custom-model"] == "true"
    assert model["status"]["sourceType"] == "Custom"
    (template,) = yard.list(TEMPLATES)
    assert template["status"]["profile"]["metadata"]["type"] == "unoptimized"

    yard.until(lambda: word(yard) == "Running")
    told = {kind: value for kind, (value, _) in yard.told(SVC, "my-qwen").items()}
    assert set(told.values()) == {"True"}
    assert {
        "ModelReady",
        "TemplateReady",
        "CacheReady",
        "InferenceServiceReady",
        "RuntimeConfigReady",
        "DependenciesReachable",
    } <= told.keys()
    status = yard.status(SVC, "my-qwen")
    assert status["resolvedModel"]["name"] == model["metadata"]["name"]
    assert status["resolvedTemplate"] == {
        "name": template["metadata"]["name"],
        "namespace": yard.ns,
        "scope": "Namespace",
        "kind": "AIMServiceTemplate",
        "uid": template["metadata"]["uid"],
    }
    assert status["runtime"]["replicas"] == "1/1"

    (service,) = yard.list(ISVC)
    name = service["metadata"]["name"]
    assert name != "my-qwen"
    assert name.startswith("my-qwen-")
    assert service["metadata"]["labels"]["aim.eai.amd.com/service.name"] == "my-qwen"
    container = service["spec"]["predictor"]["containers"][0]
    assert container["resources"]["limits"]["amd.com/gpu"] == "1"
    assert "/workspace/cache/Qwen/Qwen2-0.5B" in [each["mountPath"] for each in container["volumeMounts"]]
    (pod,) = [pod for pod in yard.list("pods") if pod["metadata"]["labels"].get("component") == "predictor"]
    answering = served(pod)
    assert answering is not None
    assert answering.models == ("Qwen/Qwen2-0.5B",)
    assert answering.port(8000)

    yard.delete(SVC, "my-qwen")
    yard.passes(seconds=60)
    assert yard.list(ISVC) == []
    assert [each["metadata"]["name"] for each in yard.list(MODELS)] == [model["metadata"]["name"]]
    assert len(yard.list(ARTIFACTS)) == 1, "shared weights stay"


def test_an_artifact_tells_its_bytes_every_five_seconds(yard: Yard) -> None:
    yard.make(ARTIFACTS, "weights", spec={"sourceUri": "hf://Qwen/Qwen2.5-72B-Instruct", "modelId": "Qwen/Qwen2.5-72B-Instruct"})
    yard.passes(seconds=1)
    assert yard.told(ARTIFACTS, "weights")["ArtifactReady"] == ("False", "CheckingSize")
    yard.until(lambda: (yard.status(ARTIFACTS, "weights").get("progress") or {}).get("percentage", 0) > 5)
    seen = []
    for _ in range(6):
        seen.append(yard.status(ARTIFACTS, "weights")["progress"])
        yard.passes(seconds=5)
    assert sorted(each["downloadedBytes"] for each in seen) == [each["downloadedBytes"] for each in seen]
    assert len({each["downloadedBytes"] for each in seen}) == 6
    assert seen[0]["displayPercentage"] == f"{seen[0]['percentage']} %"
    status = yard.status(ARTIFACTS, "weights")
    assert status["mode"] == "Shared"
    assert status["download"]["protocol"] == "XET"
    assert yard.get("persistentvolumeclaims", status["persistentVolumeClaim"])["spec"]["accessModes"] == ["ReadWriteMany"]
    (job,) = [each for each in yard.list("jobs.batch") if "-download-" in each["metadata"]["name"]]
    assert job["metadata"]["labels"]["aim.eai.amd.com/cache.name"] == "weights"

    yard.until(lambda: yard.told(ARTIFACTS, "weights")["ArtifactReady"][1] == "Verifying")
    assert yard.status(ARTIFACTS, "weights")["progress"]["percentage"] == 99, "it is not done before it is verified"
    yard.until(lambda: yard.status(ARTIFACTS, "weights")["status"] == "Ready")
    assert yard.status(ARTIFACTS, "weights")["progress"]["percentage"] == 100
    assert yard.told(ARTIFACTS, "weights")["DownloadComplete"] == ("True", "Downloaded")


def test_unoptimized_templates_are_not_chosen_by_themselves(yard: Yard) -> None:
    custom(yard, allow=False)
    yard.until(lambda: word(yard) == "Failed", seconds=60)
    told = yard.condition(SVC, "my-qwen", "TemplateReady")
    assert (told["status"], told["reason"]) == ("False", "TemplateNotFound")
    assert told["message"].endswith("1 unoptimized template(s) filtered out. Set allowUnoptimized to use them.")
    assert yard.list(ISVC) == []


def test_a_second_service_with_other_hardware_gets_the_first_ones_template(yard: Yard) -> None:
    custom(yard, "first", gpu={"requests": 1})
    yard.until(lambda: word(yard, "first") == "Running")
    custom(yard, "second", gpu={"requests": 4})
    yard.until(lambda: word(yard, "second") == "Running")
    assert len(yard.list(MODELS)) == 1
    containers = [each["spec"]["predictor"]["containers"][0] for each in yard.list(ISVC)]
    assert [each["resources"]["limits"]["amd.com/gpu"] for each in containers] == ["1", "1"]


def test_an_image_is_looked_at_and_its_templates_are_tried(yard: Yard) -> None:
    yard.make(SVC, "chat", spec={"model": {"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.9"}})
    yard.passes(seconds=1)
    (model,) = yard.list(MODELS)
    assert yard.told(MODELS, model["metadata"]["name"])["ImageMetadataReady"] == ("False", "AwaitingMetadata")
    yard.until(lambda: word(yard, "chat") == "Running")
    status = yard.status(MODELS, model["metadata"]["name"])
    assert (status["status"], status["sourceType"]) == ("Ready", "Image")
    assert status["imageMetadata"]["model"]["canonicalName"] == "Qwen/Qwen3-32B"
    assert yard.told(MODELS, model["metadata"]["name"])["ServiceTemplatesReady"] == ("True", "AllTemplatesReady")
    summaries = {each["status"]["hardwareSummary"] for each in yard.list(TEMPLATES)}
    assert summaries == {"1 x MI300X"}
    chosen = yard.status(SVC, "chat")["resolvedTemplate"]["name"]
    assert "latency" in chosen, "of two that do, the one for latency"


def test_a_named_model_that_is_not_there(yard: Yard) -> None:
    yard.make(SVC, "lost", spec={"model": {"name": "nope"}})
    yard.passes(seconds=1)
    assert word(yard, "lost") == "Failed"
    assert yard.told(SVC, "lost")["ModelReady"] == ("False", "ModelNotFound")
    assert yard.told(SVC, "lost")["ConfigValid"] == ("False", "ReferenceNotFound")
    assert yard.told(SVC, "lost")["Ready"] == ("False", "ComponentsNotReady")


def test_a_named_template_that_is_not_there(yard: Yard) -> None:
    yard.make(MODELS, "base", spec={"image": "amdenterpriseai/aim-base:0.9"})
    yard.make(SVC, "lost", spec={"model": {"name": "base"}, "template": {"name": "nope"}})
    yard.until(lambda: word(yard, "lost") == "Failed", seconds=60)
    assert yard.told(SVC, "lost")["TemplateReady"] == ("False", "TemplateNotFound")


def test_an_image_that_is_not_there(yard: Yard) -> None:
    yard.make(MODELS, "typo", spec={"image": "amdenterpriseai/aim-nonexistent-model:0.1"})
    yard.passes(seconds=10)
    assert yard.status(MODELS, "typo")["status"] == "Failed"
    assert yard.told(MODELS, "typo")["ImageMetadataReady"] == ("False", "ImageNotFound")


def test_a_card_that_the_cluster_does_not_have(yard: Yard) -> None:
    custom(yard, gpu={"requests": 1, "model": "MI325X"})
    yard.passes(seconds=30)
    (template,) = yard.list(TEMPLATES)
    assert template["status"]["status"] == "NotAvailable"
    assert yard.told(TEMPLATES, template["metadata"]["name"])["HardwareReady"] == ("False", "GPUNotAvailable")
    assert word(yard) in ("Failed", "Starting")
    assert yard.list(ISVC) == []


def test_enough_memory_will_do_where_no_card_is_named(yard: Yard) -> None:
    custom(yard, gpu={"requests": 1, "minVram": "150G"})
    yard.until(lambda: word(yard) == "Running")


def test_a_gated_model_without_a_token_fails_at_its_weights(yard: Yard) -> None:
    source = {"modelId": "meta-llama/Llama-3.1-8B-Instruct", "sourceUri": "hf://meta-llama/Llama-3.1-8B-Instruct"}
    custom(yard, source=source)
    yard.until(lambda: word(yard) == "Failed", step=10)
    assert yard.told(SVC, "my-qwen")["CacheReady"] == ("False", "CacheFailed")
    (artifact,) = yard.list(ARTIFACTS)
    failed = [each for each in artifact["status"]["conditions"] if each["type"] == "ArtifactReady"]
    assert not failed or failed[0]["status"] == "False"
    assert yard.status(SVC, "my-qwen")["cache"]["retryAttempts"] == 1


def test_with_the_token_in_the_environment_of_its_source_it_runs(yard: Yard) -> None:
    yard.make("secrets", "hf-token", stringData={"token": "hf_notReal"})
    token = {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": "token"}}}
    source = {"modelId": "meta-llama/Llama-3.1-8B-Instruct", "sourceUri": "hf://meta-llama/Llama-3.1-8B-Instruct", "env": [token]}
    custom(yard, source=source)
    yard.until(lambda: word(yard) == "Running", step=5)


def test_a_runtime_config_that_is_named_must_be_there_and_its_storage_counts(yard: Yard) -> None:
    custom(yard, runtimeConfigName="small")
    yard.passes(seconds=1)
    assert word(yard) == "Failed"
    assert yard.told(SVC, "my-qwen")["RuntimeConfigReady"] == ("False", "RuntimeConfigNotFound")
    yard.make(CONFIGS, "small", spec={"storage": {"pvcHeadroomPercent": 50}, "env": [{"name": "AIM_ENGINE_ARGS", "value": '{"a": 1}'}]})
    yard.until(lambda: word(yard) == "Running", step=5)
    (artifact,) = yard.list(ARTIFACTS)
    assert artifact["status"]["headroomPercent"] == 50
    assert yard.status(CONFIGS, "small")["conditions"]


def test_replicas_and_autoscaling_reach_the_inference_service(yard: Yard) -> None:
    custom(yard)
    yard.until(lambda: word(yard) == "Running", step=5)
    yard.change(SVC, "my-qwen", {"spec": {"replicas": 2}})
    yard.until(lambda: yard.status(SVC, "my-qwen")["runtime"]["replicas"] == "2/2")
    yard.change(SVC, "my-qwen", {"spec": {"minReplicas": 1, "maxReplicas": 4}})
    yard.passes(seconds=30)
    (service,) = yard.list(ISVC)
    assert service["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "keda"
    assert yard.status(SVC, "my-qwen")["runtime"]["replicas"].endswith("(1-4)")


def test_routing_waits_for_a_gateway_that_is_not_there(yard: Yard) -> None:
    yard.make(SVC, "open", spec={"model": {"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.9"}, "routing": {"enabled": True}})
    yard.until(lambda: "HTTPRouteReady" in yard.told(SVC, "open"), step=5)
    assert yard.told(SVC, "open")["HTTPRouteReady"] == ("False", "GatewayNotConfigured")


def test_a_paused_service_is_left_alone(yard: Yard) -> None:
    paused = {"aim.eai.amd.com/reconciliation-paused": "true"}
    spec = {"model": {"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.9"}}
    yard.make(SVC, "still", annotations=paused, spec=spec)
    yard.passes(seconds=30)
    assert yard.list(ISVC) == yard.list(MODELS) == []


@pytest.mark.parametrize("mode", ["Dedicated", "Never"])
def test_dedicated_weights_go_with_their_service(yard: Yard, mode: str) -> None:
    custom(yard, caching={"mode": mode})
    yard.until(lambda: word(yard) == "Running", step=5)
    (artifact,) = yard.list(ARTIFACTS)
    assert artifact["status"]["mode"] == "Dedicated"
    yard.delete(SVC, "my-qwen")
    yard.passes(seconds=60)
    assert yard.list(CACHES) == yard.list(ARTIFACTS) == []
