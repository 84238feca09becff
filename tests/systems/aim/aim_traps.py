"""The traps of AIM Engine's kinds: a manifest that has it, one that has not, and what is known around them."""

from __future__ import annotations

from typing import Any

from tests.systems.aim.aiming import Manifest, Trap, custom, manifest, model, node, secret, service, template

from modeltui.domain import Severity
from modeltui.systems.aim import types

INFO, WARNING = Severity.INFO, Severity.WARNING
OK = {"allowUnoptimized": True}
IMAGE = "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"


def customised(hardware: Manifest | None = None, *, source: Manifest | None = None, **spec: Any) -> Manifest:
    """A service of weights of its own that is in order, but for what is said here."""
    more = {key: value for key, value in (("hardware", hardware), ("source", source)) if value is not None}
    return service(**{"model": custom(**more), "template": OK, **spec})


def hardware(**gpu: Any) -> Manifest:
    return customised({"gpu": {"requests": 1, **gpu}})


def without(document: Manifest, *path: str) -> Manifest:
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return document


def env(name: str = "HF_TOKEN", of: str = "hf-token", key: str = "token", **more: Any) -> list[Manifest]:
    return [{"name": name, "valueFrom": {"secretKeyRef": {"name": of, "key": key, **more}}}]


def own_model(**spec: Any) -> Manifest:
    weights = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B"}
    base = {"image": "amdenterpriseai/aim-base:0.9", "modelSources": [weights], "custom": {"hardware": {"gpu": {"requests": 1}}}}
    return manifest("AIMModel", "own", spec={**base, **spec})


def own_template(*, cluster: bool = False, **spec: Any) -> Manifest:
    kind = "AIMClusterServiceTemplate" if cluster else "AIMServiceTemplate"
    return manifest(kind, "tpl", spec={"modelName": "qwen-model", "hardware": {"gpu": {"requests": 1, "model": "MI300X"}}, **spec})


def cache(**spec: Any) -> Manifest:
    return manifest("AIMTemplateCache", "c", spec={"templateName": "qwen-template", "templateScope": "Namespace", **spec})


def artifact(**spec: Any) -> Manifest:
    return manifest("AIMArtifact", "a", spec={"sourceUri": "hf://Qwen/Qwen2-0.5B", **spec})


def config(kind: str = "AIMRuntimeConfig", name: str = "team-config", **spec: Any) -> Manifest:
    return manifest(kind, name, spec=spec)


def source(**spec: Any) -> Manifest:
    return manifest("AIMClusterModelSource", "s", spec={"filters": [{"image": "amdenterpriseai/aim-*"}], **spec})


def scaled(**more: Any) -> Manifest:
    measured = {"metricNames": ["vllm:num_requests_running"], "query": "vllm:num_requests_running"}
    metric = {"type": "PodMetric", "podmetric": {"metric": measured, "target": {"type": "Value", "value": "1"}}}
    for name in ("metric", "target"):
        metric["podmetric"] |= {name: {**metric["podmetric"][name], **more.pop(name, {})}}
    return service(minReplicas=1, maxReplicas=3, autoScaling={"metrics": [{**metric, **more}]})


def routed(path: str = "", *, labels: Manifest | None = None, **more: Any) -> Manifest:
    routing = {"enabled": True, "gatewayRef": {"name": "gw"}, **({"pathTemplate": path} if path else {}), **more}
    document = service(routing={key: value for key, value in routing.items() if value is not None})
    document["metadata"]["labels"] = labels or {}
    return document


def noted(annotation: str) -> Manifest:
    document = service()
    document["metadata"]["annotations"] = {annotation: "true"}
    return document


NO_CONFIGS = ("AIMRuntimeConfig", "AIMClusterRuntimeConfig")
MODELS = ("AIMModel", "AIMClusterModel")
TEMPLATES = ("AIMServiceTemplate", "AIMClusterServiceTemplate")
LIVE = service(
    template={"name": "a"},
    caching={"mode": "Shared"},
    overrides={"metric": "latency", "precision": "fp8", "hardware": {"gpu": {"requests": 1}}},
)
LONG = "x" * 201
GATED = model()
GATED["status"] |= {"imageMetadata": {"model": {"hfTokenRequired": True}}}
MADE = own_model()
TOKENED = {"env": env()}

TRAPS = [
    # ---- which model
    Trap("no model", service(model={}), service(), "It does not say which model", "spec.model"),
    Trap("two models", service(model={"name": "a", "image": IMAGE}), service(), "It says name and image of its model", "spec.model"),
    Trap("no such model", service(), service(), 'There is no model "qwen-model"', "spec.model.name", of=MODELS, otherwise=[model()]),
    Trap("model in both scopes", service(), service(), "is an AIMModel in namespace team and", "spec.model.name", INFO,
         [model(), model(cluster=True)], otherwise=[model()]),
    Trap("failed model", service(), service(), "AIMModel qwen-model is Failed", "spec.model.name", WARNING,
         [model(status="Failed")], otherwise=[model()]),
    Trap("image of several", service(model={"image": IMAGE}), service(model={"image": IMAGE}), "Several models have that image",
         "spec.model.image", known=[model("a"), model("b", cluster=True)], otherwise=[model("a")]),
    Trap("image of none", service(model={"image": IMAGE}), service(model={"image": IMAGE}), "No model has that image yet",
         "spec.model.image", INFO, of=MODELS, otherwise=[model()]),
    Trap("no image", service(model={"image": "Not An Image"}), service(model={"image": IMAGE}), "is no image reference",
         "spec.model.image"),
    Trap("no tag", service(model={"image": "a/b"}), service(model={"image": IMAGE}), "has no tag", "spec.model.image", WARNING),
    Trap("no base image", without(customised(), "spec", "model", "custom", "baseImage"), customised(), "has no baseImage",
         "spec.model.custom.baseImage"),
    Trap("no sources", without(customised(), "spec", "model", "custom", "modelSources"), customised(), "has no modelSources",
         "spec.model.custom.modelSources"),
    Trap("used again", customised({"gpu": {"requests": 8}}), customised(), "is of the same image and weights",
         "spec.model.custom.hardware", WARNING, [MADE]),
    # ---- weights
    Trap("two sources", own_model(modelSources=[own_model()["spec"]["modelSources"][0]] * 2), own_model(), "There are 2 model sources",
         "spec.modelSources"),
    Trap("no model id", customised(source={"modelId": ""}), customised(), "The weights have no modelId",
         "spec.model.custom.modelSources[0].modelId"),
    Trap("odd model id", customised(source={"modelId": "qwen"}), customised(), "is not of the form org/name",
         "spec.model.custom.modelSources[0].modelId"),
    Trap("no uri", customised(source={"sourceUri": ""}), customised(), "The weights have no sourceUri",
         "spec.model.custom.modelSources[0].sourceUri"),
    Trap("odd uri", customised(source={"sourceUri": "https://x"}), customised(), "is no address of weights",
         "spec.model.custom.modelSources[0].sourceUri"),
    Trap("revision", customised(source={"sourceUri": "hf://Qwen/Qwen2-0.5B@main"}), customised(), "names a revision",
         "spec.model.custom.modelSources[0].sourceUri"),
    Trap("secret in uri", customised(source={"sourceUri": "s3://key:hunter2hunter2@bucket/x", **TOKENED}), customised(),
         "sourceUri holds a secret", "spec.model.custom.modelSources[0].sourceUri", WARNING),
    Trap("odd size", customised(source={"size": "many"}), customised(source={"size": "2Gi"}), "is not a quantity",
         "spec.model.custom.modelSources[0].size"),
    Trap("tiny size", customised(source={"size": 16}), customised(source={"size": "16Gi"}), "is less than a mebibyte",
         "spec.model.custom.modelSources[0].size", WARNING),
    Trap("s3 without keys", customised(source={"sourceUri": "s3://b/x"}), customised(), "only a public bucket can be read so",
         "spec.model.custom.modelSources[0].env", WARNING),
    Trap("token unknown", customised(), customised(source=TOKENED), "is gated or private, it cannot be fetched",
         "spec.model.custom.modelSources[0].env", INFO),
    Trap("token needed", service(), service(env=env()), "needs a token of the Hub", "spec.env", known=[GATED]),
    # ---- hardware
    Trap("no hardware", customised({}), customised(), "asks for neither GPUs nor cores", "spec.model.custom.hardware"),
    Trap("model and memory", hardware(model="MI300X", minVram="64Gi"), hardware(model="MI300X"), "of which only one may be said",
         "spec.model.custom.hardware.gpu"),
    Trap("long name of a GPU", hardware(model="M" * 65), hardware(model="MI300X"), "The name of the GPU has 65 characters",
         "spec.model.custom.hardware.gpu.model"),
    Trap("odd memory", hardware(minVram="much"), hardware(minVram="64Gi"), 'minVram "much" is not a quantity',
         "spec.model.custom.hardware.gpu.minVram"),
    Trap("negative", hardware(requests=-1), hardware(), "-1 GPUs cannot be asked for", "spec.model.custom.hardware.gpu.requests"),
    Trap("cores unsaid", customised({"cpu": {"limits": "8"}}), customised({"cpu": {"requests": "8"}}), "does not say how many it requests",
         "spec.model.custom.hardware.cpu.requests"),
    Trap("no GPUs", hardware(requests=0), hardware(), "asks for 0 GPUs", "spec.model.custom.hardware.gpu.requests", WARNING),
    Trap("GPUs unsaid", customised({"gpu": {"model": "MI300X"}}), hardware(), "asks for 0 GPUs",
         "spec.model.custom.hardware.gpu.requests", WARNING),
    Trap("no such GPU", hardware(model="MI355X"), hardware(model="MI300X"), "No node has a GPU MI355X",
         "spec.model.custom.hardware.gpu", WARNING, [node("n")]),
    Trap("no GPU large enough", hardware(minVram="200Gi"), hardware(minVram="64Gi"), "No node has a GPU with 200Gi of memory",
         "spec.model.custom.hardware.gpu", WARNING, [node("n")]),
    Trap("no node large enough", hardware(requests=16), hardware(requests=8), "no node has more than 8",
         "spec.model.custom.hardware.gpu.requests", WARNING, [node("n")]),
    # ---- template
    Trap("unoptimized not allowed", customised(template={}), customised(), "The templates of a custom model are not optimized",
         "spec.template.allowUnoptimized"),
    Trap("no such template", service(template={"name": "x"}), service(template={"name": "qwen-template"}), 'There is no template "x"',
         "spec.template.name", known=[template(), template("wide", cluster=True)]),
    Trap("template not available", service(template={"name": "qwen-template"}), service(template={"name": "qwen-template"}),
         "Template qwen-template is NotAvailable", "spec.template.name", WARNING, [template(status="NotAvailable")],
         otherwise=[template()]),
    Trap("template of another model", service(template={"name": "t"}), service(template={"name": "t"}), "is one of model other",
         "spec.template.name", WARNING, [template("t", of="other"), model()], otherwise=[template("t"), model()]),
    Trap("equal templates", service(), service(), "Templates a, b are equally good", "spec.template",
         known=[model(), template("a"), template("b")], of=TEMPLATES, otherwise=[model(), template("a")]),
    Trap("only unoptimized", service(), service(template=OK), "No template would be chosen: a is not optimized",
         "spec.template.allowUnoptimized", known=[model(), template("a", kind="preview")], of=TEMPLATES),
    Trap("no template that fits", service(overrides={"precision": "fp4"}), service(overrides={"precision": "fp16"}),
         "No template would be chosen: a has fp16, not fp4", "spec.overrides", known=[model(), template("a")], of=TEMPLATES),
    Trap("odd metric", service(overrides={"metric": "speed"}), service(overrides={"metric": "latency"}), 'metric "speed" is none of',
         "spec.overrides.metric"),
    Trap("odd precision", service(overrides={"precision": "fp12"}), service(overrides={"precision": "fp8"}), 'precision "fp12" is none of',
         "spec.overrides.precision"),
    Trap("overrides of custom", customised(overrides={"precision": "fp8"}), customised(overrides={}),
         "The one template of a custom model has neither metric nor precision", "spec.overrides", WARNING),
    Trap("hardware overridden", service(overrides={"hardware": {"gpu": {"model": "A", "minVram": "1Gi"}}}),
         service(overrides={"hardware": {"gpu": {"model": "A"}}}), "of which only one may be said", "spec.overrides.hardware.gpu"),
    # ---- replicas
    Trap("negative replicas", service(replicas=-1), service(replicas=0), "-1 replicas cannot be", "spec.replicas"),
    Trap("scale to zero", service(minReplicas=0, maxReplicas=2), service(minReplicas=1, maxReplicas=2), "does not scale to zero",
         "spec.minReplicas"),
    Trap("min over max", service(minReplicas=3, maxReplicas=2), service(minReplicas=2, maxReplicas=3), "is more than maxReplicas",
         "spec.minReplicas"),
    Trap("replicas beside scaling", service(replicas=4, minReplicas=1, maxReplicas=2), scaled(), "replicas (4) is not looked at",
         "spec.replicas", INFO),
    Trap("nothing to scale", service(minReplicas=2), scaled(), "It is autoscaled between 2 and 2", "spec.maxReplicas", WARNING),
    Trap("no metric", service(minReplicas=1, maxReplicas=2), scaled(), "No metric says when to scale", "spec.autoScaling.metrics", WARNING),
    Trap("odd metric type", scaled(type="Resource"), scaled(), 'A metric of type "Resource"', "spec.autoScaling.metrics[0].type"),
    Trap("empty metric", scaled(podmetric=None), scaled(), "does not say what is measured", "spec.autoScaling.metrics[0].podmetric"),
    Trap("odd target", scaled(target={"type": "Half"}), scaled(), 'A target of type "Half"',
         "spec.autoScaling.metrics[0].podmetric.target.type"),
    Trap("target without value", scaled(target={"type": "AverageValue"}), scaled(), "averageValue is not set",
         "spec.autoScaling.metrics[0].podmetric.target.averageValue"),
    Trap("nothing measured", scaled(metric={"query": "", "metricNames": []}), scaled(), "names nothing that is measured",
         "spec.autoScaling.metrics[0].podmetric.metric"),
    Trap("odd operation", scaled(metric={"operationOverTime": "mean"}), scaled(metric={"operationOverTime": "avg"}),
         'operationOverTime "mean" is none of', "spec.autoScaling.metrics[0].podmetric.metric.operationOverTime"),
    # ---- routing and configuration
    Trap("no such config", service(runtimeConfigName="x"), service(), 'There is no runtime config "x"', "spec.runtimeConfigName",
         of=NO_CONFIGS),
    Trap("no gateway", routed(gatewayRef=None), routed(), "no gateway is named, neither here nor", "spec.routing.gatewayRef",
         of=NO_CONFIGS),
    Trap("no gateway as far as known", routed(gatewayRef=None), routed(), "no gateway is named, neither here nor",
         "spec.routing.gatewayRef",
         WARNING),
    Trap("routing off", service(routing={"pathTemplate": "/x"}), routed("/x"), "Routing is not on", "spec.routing.enabled", WARNING),
    Trap("brace not closed", routed("/{.metadata.name"), routed("/{.metadata.name}"), "a brace is not closed", "spec.routing.pathTemplate"),
    Trap("empty expression", routed("/{ }"), routed("/{.metadata.name}"), "{} holds no expression", "spec.routing.pathTemplate"),
    Trap("no path", routed("/{metadata.name}"), routed("/{.metadata.name}"), "is no path into the service", "spec.routing.pathTemplate"),
    Trap("label missing", routed("/{.metadata.labels['team']}"), routed("/{.metadata.labels['team']}", labels={"team": "nlp"}),
         'needs label "team"', "spec.routing.pathTemplate"),
    Trap("long path", routed(f"/{LONG}"), routed("/x"), "at most 200 are allowed: it would have no route", "spec.routing.pathTemplate"),
    Trap("odd timeout", routed(requestTimeout="3 minutes"), routed(requestTimeout="1m30s"), "is no duration",
         "spec.routing.requestTimeout"),
    Trap("config with old fields", config(defaultStorageClassName="nfs"), config(storage={"defaultStorageClassName": "nfs"}),
         "defaultStorageClassName has moved", "spec.defaultStorageClassName", WARNING),
    Trap("config without gateway", config(routing={"enabled": True}), config(routing={"enabled": True, "gatewayRef": {"name": "g"}}),
         "every service that names none itself fails", "spec.routing.gatewayRef", WARNING),
    Trap("one path for all", config(routing={"pathTemplate": "/models"}), config(routing={"pathTemplate": "/{.metadata.name}"}),
         "The path is the same for every service", "spec.routing.pathTemplate", WARNING),
    # ---- storage
    Trap("old caching word", service(caching={"mode": "Always"}), service(caching={"mode": "Shared"}), "Always is an old word",
         "spec.caching.mode", INFO),
    Trap("odd caching", service(caching={"mode": "Never ever"}), service(caching={"mode": "Dedicated"}), 'Caching mode "Never ever"',
         "spec.caching.mode"),
    Trap("no such class", service(storage={"defaultStorageClassName": "nfs"}), service(), 'There is no StorageClass "nfs"',
         "spec.storage.defaultStorageClassName", of=("StorageClass",)),
    Trap("odd head-room", service(storage={"pvcHeadroomPercent": -1}), service(storage={"pvcHeadroomPercent": 0}),
         "A head-room of -1 percent", "spec.storage.pvcHeadroomPercent"),
    Trap("no default class", artifact(), artifact(storageClassName="nfs"), "the cluster has no default", "spec.storageClassName",
         of=("StorageClass", *NO_CONFIGS), otherwise=[manifest("StorageClass", "nfs")]),
    # ---- secrets
    Trap("variable twice", service(env=[{"name": "A"}, {"name": "A"}]), service(env=[{"name": "A"}]), "Variable A stands 2 times",
         "spec.env"),
    Trap("secret in clear", service(env=[{"name": "HF_TOKEN", "value": "hf_abcdefghijk"}]), service(env=env()),
         "Variable HF_TOKEN holds a secret in clear", "spec.env[0].value", WARNING),
    Trap("no such secret", service(env=env()), service(env=env(optional=True)), 'Secret "hf-token", which is not in namespace team',
         "spec.env[0].valueFrom.secretKeyRef.name", of=("Secret",)),
    Trap("no such key", service(env=env(key="HF_TOKEN")), service(env=env()), 'key "HF_TOKEN" of Secret "hf-token", which has token',
         "spec.env[0].valueFrom.secretKeyRef.key", known=[secret("hf-token", "token")]),
    Trap("secret of a source", customised(source={"env": env()}), customised(source={"env": env()}), "is not in namespace team",
         "spec.model.custom.modelSources[0].env[0].valueFrom.secretKeyRef.name", of=("Secret",), otherwise=[secret("hf-token", "token")]),
    Trap("no such pull secret", service(imagePullSecrets=[{"name": "r"}]), service(), 'There is no Secret "r"',
         "spec.imagePullSecrets[0].name", WARNING, of=("Secret",)),
    Trap("pull secret of another type", service(imagePullSecrets=[{"name": "r"}]), service(imagePullSecrets=[{"name": "r"}]),
         "is of type Opaque", "spec.imagePullSecrets[0].name", WARNING, [secret("r", "x")],
         otherwise=[secret("r", ".dockerconfigjson", kind="kubernetes.io/dockerconfigjson")]),
    Trap("pull secret of a cluster-wide kind", source(imagePullSecrets=[{"name": "r"}]), source(), "AIM Engine looks for r",
         "spec.imagePullSecrets", INFO),
    Trap("arguments that are no JSON", service(env=[{"name": "AIM_ENGINE_ARGS", "value": "--max-model-len 1"}]),
         service(env=[{"name": "AIM_ENGINE_ARGS", "value": '{"max-model-len": 1}'}]), "AIM_ENGINE_ARGS is no JSON object",
         "spec.env[0].value"),
    # ---- names
    Trap("odd name", service("Qwen_3"), service("qwen-3"), 'The name "Qwen_3"', "metadata.name"),
    Trap("long name", service("q" * 64), service("q" * 63), "by which its pods are found", "metadata.name", WARNING),
    Trap("long namespace", service(namespace="n" * 43), service(namespace="n" * 42), "cannot name an", "metadata.namespace"),
    Trap("left alone", service() | {"metadata": {"name": "q", "namespace": "team", "annotations": {types.PAUSED: "true"}}}, service(),
         "AIM Engine is told to leave it alone", f"metadata.annotations[{types.PAUSED}]", WARNING),
    # ---- what cannot be changed
    Trap("model changed", service(model={"name": "other"}), service(), "The model cannot be changed", "spec.model", known=[LIVE]),
    Trap("template changed", service(template={"name": "b"}), service(), "The choice of the template cannot be changed", "spec.template",
         known=[LIVE]),
    Trap("template added", service(template={"name": "b"}), service(template={"name": "b"}), "The choice of the template cannot be changed",
         "spec.template", known=[LIVE], otherwise=[service()]),
    Trap("caching changed", service(caching={"mode": "Dedicated"}), service(caching={}), "The caching mode cannot be changed",
         "spec.caching",
         known=[LIVE]),
    Trap("override changed", service(overrides={"precision": "fp16"}), service(overrides={"metric": "latency"}),
         "The precision of the overrides cannot be changed", "spec.overrides.precision", known=[LIVE]),
    Trap("hardware override changed", service(overrides={"hardware": {"gpu": {"requests": 2}}}), service(overrides={}),
         "The hardware of the overrides cannot be changed", "spec.overrides.hardware", known=[LIVE]),
    Trap("template's hardware changed", own_template(hardware={"cpu": {"requests": "8"}}), own_template(),
         "hardware of the template cannot be changed", "spec.hardware", known=[own_template()]),
    Trap("template's model changed", own_template(modelName="x"), own_template(), "modelName of the template cannot be changed",
         "spec.modelName", known=[own_template()]),
    Trap("cluster template changed", own_template(cluster=True, metric="latency"), own_template(cluster=True),
         "metric of the template cannot be changed", "spec.metric", known=[own_template(cluster=True, metric="throughput")]),
    Trap("artifact changed", artifact(sourceUri="hf://a/b"), artifact(), "sourceUri of the artifact cannot be changed", "spec.sourceUri",
         known=[artifact()]),
    # ---- earlier spellings
    Trap("model.ref", service(model={"ref": "a"}), service(), "spec.model.ref is no field", "spec.model.ref"),
    Trap("templateName", service(templateName="a"), service(), "spec.templateName is no field", "spec.templateName"),
    Trap("cacheModel", service(cacheModel=True), service(), "cacheModel is not looked at any more", "spec.cacheModel", WARNING),
    Trap("gpuSelector", customised(**{"model": {"custom": {**custom()["custom"], "gpuSelector": {"model": "MI300X"}}}}), customised(),
         "spec.model.custom.gpuSelector is no field", "spec.model.custom.gpuSelector"),
    Trap("gpu.models", hardware(models=["MI300X"]), hardware(), "spec.model.custom.hardware.gpu.models is no field",
         "spec.model.custom.hardware.gpu.models"),
    Trap("source name", customised(source={"name": "Qwen/Qwen2"}), customised(), "modelSources[0].name is no field",
         "spec.model.custom.modelSources[0].name"),
    Trap("model's hardware", own_model(hardware={"gpu": {"requests": 1}}), own_model(), "spec.hardware is no field", "spec.hardware"),
    Trap("model's templates", own_model(custom={"templates": [], "hardware": {"gpu": {"requests": 1}}}), own_model(),
         "spec.custom.templates is no field", "spec.custom.templates"),
    Trap("models of a custom template", own_model(customTemplates=[{"hardware": {"gpu": {"models": [], "requests": 1}}}]), own_model(),
         "customTemplates[0].hardware.gpu.models is no field", "spec.customTemplates[0].hardware.gpu.models"),
    Trap("config's account", config(serviceAccountName="x"), config(), "spec.serviceAccountName is no field", "spec.serviceAccountName"),
    Trap("cluster config's account", config("AIMClusterRuntimeConfig", imagePullSecrets=[]), config("AIMClusterRuntimeConfig"),
         "spec.imagePullSecrets is no field", "spec.imagePullSecrets"),
    Trap("cluster template's caching", own_template(cluster=True, caching={"enabled": True}), own_template(cluster=True),
         "caching is not a field of cluster-wide templates", "spec.caching"),
    # ---- models and templates
    Trap("model without image", without(own_model(), "spec", "image"), own_model(), "The model has no image", "spec.image"),
    Trap("hardware of some templates", without(own_model(customTemplates=[{"name": "a"}]), "spec", "custom"), own_model(),
         "not every template of it says on which hardware", "spec.custom.hardware"),
    Trap("no hardware at all", without(own_model(), "spec", "custom"), own_model(), "nothing says on which hardware",
         "spec.custom.hardware"),
    Trap("custom of an image", own_model(modelSources=[]), own_model(), "spec.custom is only looked at together", "spec.custom", WARNING),
    Trap("odd type", own_model(custom={"type": "fast", "hardware": {"gpu": {"requests": 1}}}), own_model(), 'type "fast" is none of',
         "spec.custom.type"),
    Trap("too many templates", own_model(customTemplates=[{"name": f"t{n}"} for n in range(17)]),
         own_model(customTemplates=[{"name": f"t{n}"} for n in range(16)]), "There are 17 templates", "spec.customTemplates"),
    Trap("template twice", own_model(customTemplates=[{"name": "t"}, {"name": "t"}]), own_model(customTemplates=[{"name": "t"}]),
         'Template name "t" stands 2 times', "spec.customTemplates"),
    Trap("long template name", own_model(customTemplates=[{"name": "t" * 64}]), own_model(customTemplates=[{"name": "t" * 63}]),
         "The name of a template has 64 characters", "spec.customTemplates[0].name"),
    Trap("odd type of a template", own_model(customTemplates=[{"type": "fast"}]), own_model(), 'type "fast" is none of',
         "spec.customTemplates[0].type"),
    Trap("odd profile", own_model(customTemplates=[{"profile": {"metric": "speed"}}]), own_model(), 'metric "speed" is none of',
         "spec.customTemplates[0].profile.metric"),
    Trap("hardware of a template", own_model(customTemplates=[{"hardware": {}}]), own_model(), "asks for neither GPUs nor cores",
         "spec.customTemplates[0].hardware"),
    Trap("token in a template", own_model(customTemplates=[{"env": [{"name": "HF_TOKEN", "value": "hf_abcdefgh"}]}]), own_model(),
         "holds a secret in clear", "spec.customTemplates[0].env[0].value", WARNING),
    Trap("model's default template", own_model(defaultServiceTemplate="x"), own_model(), 'There is no template "x" yet',
         "spec.defaultServiceTemplate", WARNING, of=TEMPLATES),
    Trap("template without model", without(own_template(), "spec", "modelName"), own_template(), "does not say of which model it is",
         "spec.modelName"),
    Trap("template of no model", own_template(), own_template(), 'There is no model "qwen-model"', "spec.modelName", WARNING, of=MODELS,
         otherwise=[model()]),
    Trap("cluster template of no model", own_template(cluster=True), own_template(cluster=True), "in the cluster: the template waits",
         "spec.modelName", WARNING, [model()], of=MODELS, otherwise=[model(cluster=True)]),
    Trap("template without hardware", without(own_template(modelSources=own_model()["spec"]["modelSources"]), "spec", "hardware"),
         own_template(modelSources=own_model()["spec"]["modelSources"]), "it does not say on which hardware", "spec.hardware", WARNING),
    Trap("template's weights without size", own_template(modelSources=own_model()["spec"]["modelSources"]),
         own_template(modelSources=[own_model()["spec"]["modelSources"][0] | {"size": "1Gi"}]), "have no size",
         "spec.modelSources[0].size", INFO),
    # ---- caches, artifacts, sources
    Trap("cache of nothing", without(cache(), "spec", "templateName"), cache(), "does not say of which template it is",
         "spec.templateName"),
    Trap("cache without scope", without(cache(), "spec", "templateScope"), cache(), "templateScope is missing", "spec.templateScope"),
    Trap("cache of an odd scope", cache(templateScope="Both"), cache(), 'templateScope "Both" is none of', "spec.templateScope"),
    Trap("cache of the wrong scope", cache(templateScope="Cluster"), cache(), "of scope Cluster: nothing is fetched", "spec.templateScope",
         known=[template()], of=TEMPLATES),
    Trap("cache of no template", cache(), cache(), 'There is no template "qwen-template" of scope Namespace', "spec.templateName",
         of=TEMPLATES, otherwise=[template()]),
    Trap("cache of an odd mode", cache(mode="Always"), cache(mode="Shared"), 'Mode "Always" is neither', "spec.mode"),
    Trap("dedicated to nobody", cache(mode="Dedicated"), cache(), "belongs to no service here", "spec.mode", INFO),
    Trap("cache of an odd source", cache(modelSources=[{"modelId": "a/b", "sourceUri": "x"}]), cache(), "is no address of weights",
         "spec.modelSources[0].sourceUri"),
    Trap("s3 without id", artifact(sourceUri="s3://b/x"), artifact(sourceUri="s3://b/x", modelId="a/b"), "have no modelId of their own",
         "spec.modelId", WARNING),
    Trap("pretended download", artifact(env=[{"name": "AIM_DEBUG_SIMULATE_DOWNLOAD", "value": "true"}]), artifact(),
         "makes the downloader pretend", "spec.env", WARNING),
    Trap("artifact without token", artifact(), artifact(env=env()), "HF_TOKEN is not set", "spec.env", INFO),
    Trap("no filters", source(filters=[]), source(), "There are 0 filters", "spec.filters"),
    Trap("too many models", source(maxModels=10_001), source(maxModels=10_000), "maxModels is 10001", "spec.maxModels"),
    Trap("filter without image", source(filters=[{"image": ""}]), source(), "A filter names no image", "spec.filters[0].image"),
    Trap("filter too long", source(filters=[{"image": "a" * 513}]), source(), "A filter has 513 characters", "spec.filters[0].image"),
    Trap("odd versions", source(versions=["newest"]), source(versions=[">=0.8.0,<1.0.0", "~0.8", "^1.2.3-rc1", "0.8.4"]),
         'Version "newest" is no constraint', "spec.versions"),
    Trap("odd versions of a filter", source(filters=[{"image": "a/b", "versions": ["x"]}]), source(), 'Version "x" is no constraint',
         "spec.filters[0].versions"),
    Trap("tag and versions", source(filters=[{"image": "a/b:1.0.0"}], versions=[">=1"]), source(versions=[">=1"]),
         "the versions are not looked at for it", "spec.filters[0].image", INFO),
    Trap("matches everything", source(filters=[{"image": "*"}]), source(), "matches every image", "spec.filters[0].image", WARNING),
    Trap("exclude with registry", source(filters=[{"image": "ghcr.io/a/b-*", "exclude": ["ghcr.io/a/b-base"]}]),
         source(filters=[{"image": "ghcr.io/a/b-*", "exclude": ["a/b-base"]}]), "exclude is compared with names of repositories",
         "spec.filters[0].exclude", WARNING),
    Trap("odd interval", source(syncInterval="hourly"), source(syncInterval="1h30m"), 'syncInterval "hourly" is no duration',
         "spec.syncInterval"),
    Trap("often", source(syncInterval="5m"), source(syncInterval="15m"), "The registry is asked every 5m", "spec.syncInterval", WARNING),
    Trap("former domain", noted("aim.silogen.ai/reconciliation-paused"), noted("aim.eai.amd.com/service.name"),
         "is of the domain that AIM Engine had before", "metadata.annotations[aim.silogen.ai/reconciliation-paused]", WARNING),
]  # fmt: skip
