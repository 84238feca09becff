"""Answers to InferenceServices and LLMInferenceServices and back: fit for the server, and nothing that no answer speaks of is touched."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems.kserve import asked
from tests.systems.kserve.kserving import facts, model, samples
from tests.systems.kserve.kserving import service as made
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import arguments, llm_manifests, llm_reading, manifests, names, reading
from modeltui.systems.kserve.answers import InferenceAnswers, LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.kserve.checks import check_llm, check_service, naming
from modeltui.systems.kserve.deployable import LLM_SERVICE
from modeltui.systems.kserve.llm_types import LLM_CONFIGS, LLMInferenceService
from modeltui.systems.kserve.types import InferenceService
from modeltui.systems.serving import uris
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, PlacementAnswers, ResourceAnswers, TolerationAnswers

OLDER = LLM_SERVICE.older[0]
MANY = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def errors(found: Any) -> list[str]:
    return [finding.reason for finding in found if finding.severity is Severity.ERROR]


def sorted_env(answers: Any) -> Any:
    """Variables that stay keep their place, and new ones come after them."""
    pulls = tuple(sorted(answers.image_pull_secrets))
    return msgspec.structs.replace(answers, env=tuple(sorted(answers.env, key=lambda one: one.name)), image_pull_secrets=pulls)


# ---- what is written ------------------------------------------------------------------------------------------------


def test_the_smallest_inference_service() -> None:
    assert manifests.service(InferenceAnswers(name="qwen", namespace="team", uri="hf://Qwen/Qwen3-8B")) == yaml.safe_load("""
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata: {name: qwen, namespace: team}
        spec:
          predictor:
            model:
              modelFormat: {name: huggingface}
              storageUri: hf://Qwen/Qwen3-8B
    """)


def test_everything_at_once_of_an_inference_service() -> None:
    answers = InferenceAnswers(
        name="llama",
        namespace="team",
        uri="s3://models/llama",
        format="vLLM",
        format_version="1",
        runtime="vllm-runtime",
        served_name="chat",
        context_length=8192,
        tensor_parallel=2,
        prefix_caching=False,
        eager=True,
        trust_remote_code=True,
        extra_args=("--max-num-seqs", "64"),
        image="corp/vllm:1",
        token_secret="s3-keys",
        service_account="runner",
        image_pull_secrets=("regcred",),
        min_replicas=1,
        max_replicas=4,
        scale_metric="cpu",
        scale_target=70,
        autoscaler="hpa",
        mode="Standard",
        env=(EnvAnswers(name="HF_TOKEN", secret=KeyAnswers(name="hf", key="token")),),
        resources=ResourceAnswers(gpus=2, cpu="8", memory="64Gi", memory_limit="64Gi"),
        placement=PlacementAnswers(
            node_selector={"gpu": "h100"}, tolerations=(TolerationAnswers(key="nvidia.com/gpu", operator="Exists"),)
        ),
    )
    assert manifests.service(answers) == yaml.safe_load("""
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: llama
          namespace: team
          annotations:
            serving.kserve.io/deploymentMode: Standard
            serving.kserve.io/autoscalerClass: hpa
            serving.kserve.io/secretName: s3-keys
            serving.kserve.io/storageSecretName: s3-keys
        spec:
          predictor:
            minReplicas: 1
            maxReplicas: 4
            scaleMetric: cpu
            scaleTarget: 70
            serviceAccountName: runner
            imagePullSecrets: [{name: regcred}]
            nodeSelector: {gpu: h100}
            tolerations: [{operator: Exists, key: nvidia.com/gpu}]
            model:
              modelFormat: {name: vLLM, version: "1"}
              runtime: vllm-runtime
              storageUri: s3://models/llama
              image: corp/vllm:1
              args:
              - --served-model-name
              - chat
              - --max-model-len
              - "8192"
              - --tensor-parallel-size
              - "2"
              - --no-enable-prefix-caching
              - --enforce-eager
              - --trust-remote-code
              - --max-num-seqs
              - "64"
              env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}]
              resources:
                requests: {cpu: "8", memory: 64Gi, nvidia.com/gpu: "2"}
                limits: {memory: 64Gi, nvidia.com/gpu: "2"}
    """)
    assert check_service(manifests.service(answers), FactTable()) == ()


def test_the_smallest_llm_inference_service_has_a_scheduler_in_front() -> None:
    assert llm_manifests.service(LlmAnswers(name="qwen", namespace="team", uri="hf://Qwen/Qwen3-8B")) == yaml.safe_load("""
        apiVersion: serving.kserve.io/v1alpha2
        kind: LLMInferenceService
        metadata: {name: qwen, namespace: team}
        spec:
          model: {uri: hf://Qwen/Qwen3-8B}
          template: {containers: [{name: main}]}
          router: {route: {}, gateway: {}, scheduler: {}}
    """)


def test_prefill_on_nodes_of_its_own() -> None:
    answers = LlmAnswers(
        name="r1",
        namespace="team",
        uri="pvc://weights/r1",
        served_name="deepseek",
        context_length=16384,
        extra_args=("--max-num-seqs", "64"),
        replicas=2,
        parallelism=ParallelismAnswers(tensor=4),
        resources=ResourceAnswers(gpus=4),
        prefill=PrefillAnswers(
            replicas=1, parallelism=ParallelismAnswers(data=16, data_local=8, expert=True), resources=ResourceAnswers(gpus=8)
        ),
        router="gateway",
        gateway="inference",
        gateway_namespace="infra",
        base_refs=("presets", "ours"),
        token_secret="hf",
        placement=PlacementAnswers(node_selector={"gpu": "h200"}),
    )
    added = """--max-model-len 16384 --max-num-seqs 64 --kv-transfer-config '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'"""
    env = [
        {"name": "VLLM_ADDITIONAL_ARGS", "value": added},
        {"name": "VLLM_NIXL_SIDE_CHANNEL_HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    ]

    def pod(gpus: str) -> dict[str, Any]:
        amounts = {"nvidia.com/gpu": gpus}
        main = {"name": "main", "env": env, "resources": {"requests": amounts, "limits": amounts}}
        return {"containers": [main], "nodeSelector": {"gpu": "h200"}}

    manifest = llm_manifests.service(answers)
    assert manifest["metadata"]["annotations"] == dict.fromkeys(
        ("serving.kserve.io/storageSecretName", "serving.kserve.io/secretName"), "hf"
    )
    assert manifest["spec"] == {
        "model": {"uri": "pvc://weights/r1", "name": "deepseek"},
        "baseRefs": [{"name": "presets"}, {"name": "ours"}],
        "replicas": 2,
        "parallelism": {"tensor": 4},
        "template": pod("4"),
        "prefill": {
            "replicas": 1,
            "parallelism": {"data": 16, "dataLocal": 8, "expert": True},
            "template": pod("8"),
            "worker": pod("8"),
        },
        "router": {"route": {}, "gateway": {"refs": [{"name": "inference", "namespace": "infra"}]}},
    }
    assert check_llm(manifest, FactTable()) == ()


def test_a_flag_that_an_engine_has_not_is_told_and_not_left_out() -> None:
    with pytest.raises(AnswersError, match=r"answers\.eager: llamacpp has no flag for it"):
        manifests.service(InferenceAnswers(name="q", engine="llamacpp", eager=True))


# ---- any answers ----------------------------------------------------------------------------------------------------


@MANY
@given(answers=asked.SERVICES)
def test_any_inference_service_is_fit_for_the_server_and_comes_back(answers: InferenceAnswers) -> None:
    answers = asked.settled(answers)
    manifest = manifests.service(answers)
    assert unfit(manifest) == []
    for finding in check_service(manifest, FactTable()):
        assert finding.severity is not Severity.ERROR or "requests" in finding.reason, finding
    assert manifests.answers_of(manifest) == answers
    assert manifests.service(answers, live=manifest) == manifest
    known = reading.read(msgspec.convert(manifest, InferenceService), FactTable())
    assert known.models == (uris.model_name(answers.uri),)
    assert known.components[0].gpus == (answers.resources.gpus or None), "without them the runtime decides"


@MANY
@given(answers=asked.LLM_SERVICES)
def test_any_llm_inference_service_is_fit_for_the_server_and_comes_back(answers: LlmAnswers) -> None:
    manifest = llm_manifests.service(answers)
    assert unfit(manifest) == []
    assert errors(check_llm(manifest, FactTable())) == []
    assert llm_manifests.answers_of(manifest) == answers
    assert llm_manifests.service(answers, live=manifest) == manifest
    older = llm_manifests.older_service(answers)
    assert (older["apiVersion"], unfit(older)) == ("serving.kserve.io/v1alpha1", [])
    assert errors(OLDER.view.check(older, FactTable()) if OLDER.view.check else [None]) == []
    assert OLDER.manifest(OLDER.answers_of(older), live=older) == older
    known = llm_reading.reader(LLM_CONFIGS)(msgspec.convert(manifest, LLMInferenceService), facts(known=(LLM_CONFIGS,)))
    assert known.models == (uris.model_name(answers.uri),)
    assert known.served == (answers.served_name or answers.name,)


@MANY
@given(before=asked.SERVICES, after=asked.SERVICES)
def test_what_no_answer_speaks_of_stays_in_an_inference_service(before: InferenceAnswers, after: InferenceAnswers) -> None:
    after = asked.settled(msgspec.structs.replace(after, name=before.name))
    live = manifests.service(asked.settled(before))
    live["metadata"] |= {"labels": {"team": "nlp"}, "resourceVersion": "3"}
    live["metadata"].setdefault("annotations", {})["owner"] = "kim"
    predictor = live["spec"]["predictor"]
    predictor |= {"labels": {"kept": "yes"}, "volumes": [{"name": "shm", "emptyDir": {}}]}
    predictor["model"] |= {"livenessProbe": {"periodSeconds": 3}, "protocolVersion": "v2", "name": ""}
    predictor["model"].setdefault("resources", {}).setdefault("limits", {})["ephemeral-storage"] = "9Gi"
    wanted = manifests.service(after, live=live)
    assert wanted["metadata"]["labels"] == {"team": "nlp"}
    assert wanted["metadata"]["annotations"]["owner"] == "kim"
    now = wanted["spec"]["predictor"]
    assert (now["labels"], now["volumes"]) == (predictor["labels"], predictor["volumes"])
    assert (now["model"]["livenessProbe"], now["model"]["protocolVersion"], now["model"]["name"]) == ({"periodSeconds": 3}, "v2", "")
    assert now["model"]["resources"]["limits"]["ephemeral-storage"] == "9Gi"
    assert sorted_env(manifests.answers_of(wanted)) == sorted_env(after)


@MANY
@given(before=asked.LLM_SERVICES, after=asked.LLM_SERVICES)
def test_what_no_answer_speaks_of_stays_in_an_llm_inference_service(before: LlmAnswers, after: LlmAnswers) -> None:
    after = msgspec.structs.replace(after, name=before.name, parallelism=before.parallelism, prefill=before.prefill)
    live = llm_manifests.service(before)
    live["metadata"]["labels"] = {"team": "nlp"}
    live["spec"] |= {"labels": {"kept": "yes"}, "tracing": {"sampler": "always_on"}}
    live["spec"]["model"]["lora"] = {"maxRank": 8}
    if "worker" not in live["spec"]:
        main = live["spec"]["template"]["containers"][0]
        main["livenessProbe"] = {"periodSeconds": 3}
        live["spec"]["template"]["containers"].append({"name": "beside", "image": "x"})
    wanted = llm_manifests.service(after, live=live)
    assert wanted["metadata"]["labels"] == {"team": "nlp"}
    assert (wanted["spec"]["labels"], wanted["spec"]["tracing"]) == ({"kept": "yes"}, {"sampler": "always_on"})
    assert wanted["spec"]["model"]["lora"] == {"maxRank": 8}
    if "worker" not in live["spec"]:
        main, beside = wanted["spec"]["template"]["containers"]
        assert (main["livenessProbe"], beside["name"]) == ({"periodSeconds": 3}, "beside")
    assert sorted_env(llm_manifests.answers_of(wanted)) == sorted_env(after)


# ---- what is there already ------------------------------------------------------------------------------------------


def test_flags_are_found_wherever_they_stand_and_stay_as_they_are_written() -> None:
    live = made(model("vLLM", args=["--own", "--max_model_len=4096", "--enforce-eager", "--max-num-seqs", "8"]))
    found = manifests.answers_of(live)
    assert (found.context_length, found.eager, found.extra_args) == (4096, True, ("--own", "--max-num-seqs", "8"))
    assert manifests.service(found, live=live)["spec"] == live["spec"]
    more = manifests.service(msgspec.structs.replace(found, context_length=8192), live=live)["spec"]["predictor"]["model"]["args"]
    assert more == ["--max-model-len", "8192", "--enforce-eager", "--own", "--max-num-seqs", "8"]


@pytest.mark.parametrize(
    ("line", "context", "rest"),
    [
        (["--max-model-len", "32k"], None, ("--max-model-len", "32k")),
        (["--max-model-len", "1", "--max-model-len", "2"], None, ("--max-model-len", "1", "--max-model-len", "2")),
        (["--max-model-len"], None, ("--max-model-len",)),
        (["--max-model-len", "--own"], None, ("--max-model-len", "--own")),
        (["--enforce-eager=false"], None, ("--enforce-eager=false",)),
        (["--max-model-len=7"], 7, ()),
    ],
)
def test_what_is_said_otherwise_than_the_form_asks_stays_among_the_arguments(
    line: list[str], context: int | None, rest: tuple[str, ...]
) -> None:
    found = manifests.answers_of(made(model("vLLM", args=line)))
    assert (found.context_length, found.extra_args) == (context, rest)


@pytest.mark.parametrize(
    ("form", "line", "engine"),
    [
        ("huggingface", ["--model_name=x"], ""),
        ("huggingface", ["--served-model-name", "x"], "vllm"),
        ("vLLM", ["--tp-size", "2", "--context-length", "9"], "sglang"),
        ("custom", ["--ctx-size", "9"], "llamacpp"),
        ("custom", ["--enforce-eager"], ""),
        ("custom", [], ""),
    ],
)
def test_the_engine_is_the_one_whose_flags_are_spoken(form: str, line: list[str], engine: str) -> None:
    assert manifests.answers_of(made(model(form, args=line))).engine == engine


def test_what_the_model_manager_has_made_can_be_edited() -> None:
    """As ol-model-manager writes it."""
    line = ["--tensor-parallel-size", "2", "--dtype", "auto", "--max-model-len", "8192", "--served-model-name", "Qwen/Qwen3-8B"]
    notes = {"serving.kserve.io/secretName": "hf-token", "model-manager/model-id": "qwen"}
    live = made({**model("custom", runtime="vllm-runtime", args=line), "minReplicas": 1}, annotations=notes)
    found = manifests.answers_of(live)
    assert (found.format, found.runtime, found.tensor_parallel, found.context_length) == ("custom", "vllm-runtime", 2, 8192)
    assert (found.served_name, found.extra_args) == ("Qwen/Qwen3-8B", ("--dtype", "auto"))
    assert manifests.service(found, live=live) == live


@pytest.mark.parametrize(
    ("predictor", "says"),
    [
        ({"sklearn": {"storageUri": "s3://x/y"}}, r"stands in spec\.predictor\.sklearn"),
        ({"containers": [{"name": "x", "image": "i"}]}, "containers of its own and no model"),
        ({**model(), "storageUris": [{"uri": "hf://a/b"}]}, r"spec\.predictor\.storageUris says more"),
        (model(storage={"key": "k", "path": "p"}), r"spec\.predictor\.model\.storage says more"),
        (model(command=["python3"]), r"spec\.predictor\.model\.command says more"),
        (model(env=[{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]), r"spec\.predictor\.model\.env\[0\]"),
        ({**model(), "scaleMetric": "tokens"}, "cannot be shown as a form"),
        ({"model": {"modelFormat": "huggingface"}}, "not put together as the form does it"),
        (model(args="--x"), r"spec\.predictor\.model\.args is not a list of texts"),
    ],
)
def test_an_inference_service_of_another_build_is_not_shown_as_a_form(predictor: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswersError, match=says) as failure:
        manifests.answers_of(made(predictor))
    assert "edit it as YAML" in str(failure.value)


WHOLE = LlmAnswers(
    name="q", namespace="t", uri="hf://a/b", context_length=9, parallelism=ParallelismAnswers(pipeline=2), prefill=PrefillAnswers()
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda spec: spec["template"]["containers"][0].update(args=["x"]), r"spec\.template has a command line of its own"),
        (lambda spec: spec["worker"]["containers"][0].update(image="i"), r"spec\.worker is set up otherwise"),
        (lambda spec: spec.pop("worker"), r"spec\.worker does not go with its parallelism"),
        (lambda spec: spec["prefill"]["template"].update(nodeSelector={"a": "b"}), r"spec\.prefill has another placement"),
        (lambda spec: spec["prefill"]["template"]["containers"][0]["env"].pop(0), "prefill hands on"),
        (lambda spec: spec["router"].pop("gateway"), r"spec\.router has no route, no gateway"),
        (lambda spec: spec.pop("model"), "not put together as the form does it"),
        (lambda spec: [spec[pod]["containers"][0]["env"][0].update(value="'open") for pod in ("template", "worker")], "not put together"),
    ],
)
def test_an_llm_inference_service_of_another_build_is_not_shown_as_a_form(change: Any, says: str) -> None:
    live = copy.deepcopy(llm_manifests.service(WHOLE))
    change(live["spec"])
    with pytest.raises(AnswersError, match=says) as failure:
        llm_manifests.answers_of(live)
    assert "edit it as YAML" in str(failure.value)


@pytest.mark.parametrize(("kind", "of"), [("InferenceService", manifests), ("LLMInferenceService", llm_manifests)])
def test_of_every_real_manifest_that_has_a_form_it_changes_nothing(kind: str, of: Any) -> None:
    shown = 0
    for name, manifest in samples("kserve", kind).items():
        try:
            found = of.answers_of(manifest)
        except AnswersError:
            continue
        shown += 1
        make = of.older_service if manifest["apiVersion"].endswith("v1alpha1") and of is llm_manifests else of.service
        assert make(found, live=manifest) == manifest, name
    assert shown


def test_a_base_that_is_put_first_is_put_first() -> None:
    live = llm_manifests.service(LlmAnswers(name="q", uri="hf://a/b", base_refs=("a", "b")))
    wanted = llm_manifests.service(LlmAnswers(name="q", uri="hf://a/b", base_refs=("b", "a")), live=live)
    assert wanted["spec"]["baseRefs"] == [{"name": "b"}, {"name": "a"}]


@given(answers=asked.SERVICES)
def test_an_engine_is_recognised_by_its_own_flags(answers: InferenceAnswers) -> None:
    line = arguments.words(answers, named=True)
    found = arguments.likeliest(line, answers.format) or arguments.engine_of(answers.format)
    said = arguments.read(line, of=found, named=True, tensor=True)
    assert len(said) >= len(arguments.read(line, of=arguments.engine(answers), named=True, tensor=True))


# ---- names ----------------------------------------------------------------------------------------------------------


@given(model_id=st.text(max_size=90))
def test_a_proposed_name_is_a_good_one(model_id: str) -> None:
    name = names.propose(model_id)
    assert names.service_problem(name) == names.llm_problem(name) == ""
    assert list(naming.of_llm(name)) == []
    assert len(name) <= naming.LONGEST_EVERYWHERE


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3-1-8b-instruct"),
        ("s3://bucket/llama:1/", "llama"),
        ("pvc://claim", "claim"),
        ("01-ai/34B", "m-34b"),
        ("", "m"),
    ],
)
def test_names_that_are_proposed(model_id: str, name: str) -> None:
    assert names.propose(model_id) == name


@pytest.mark.parametrize("name", ["", "Qwen", "3b", "a.b", "a" * 54, "-a"])
def test_a_name_that_is_not_taken(name: str) -> None:
    assert names.service_problem(name)
    assert names.llm_problem(name) or len(name) == 54


def test_the_secret_is_read_under_either_name_and_written_under_both() -> None:
    names = ("serving.kserve.io/storageSecretName", "serving.kserve.io/secretName")
    answers = InferenceAnswers(name="chat", namespace="team", uri="hf://Qwen/Qwen3-8B", format="huggingface", token_secret="mine")
    for name in names:
        live = {**manifests.service(answers), "metadata": {"name": "chat", "namespace": "team", "annotations": {name: "mine"}}}
        assert manifests.answers_of(live).token_secret == "mine"
        assert manifests.service(answers, live=live)["metadata"]["annotations"] == {name: "mine"}, "nothing was changed"
        changed = manifests.service(msgspec.structs.replace(answers, token_secret="other"), live=live)
        assert changed["metadata"]["annotations"] == dict.fromkeys(names, "other")
