"""Why a deployment does not run: each thing that can stand in its way, told from what a cluster leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from modeltui.domain import Finding, Severity
from modeltui.kube.events import Event
from modeltui.systems.core.types import PersistentVolumeClaim, Pod
from modeltui.systems.core.workloads import Workload
from modeltui.systems.serving.why import Evidence, why

OK = {"type": "PodScheduled", "status": "True"}


def pod(name: str = "llama-0", *, node: str = "gpu-1", phase: str = "Pending", spec: Any = None, **status: Any) -> Pod:
    wanted = {"containers": [{"name": "main", "image": "nvcr.io/nim/x:1"}], "nodeName": node, **(spec or {})}
    metadata = {"name": name, "namespace": "ml", "uid": f"uid-{name}"}
    return msgspec.convert({"metadata": metadata, "spec": wanted, "status": {"phase": phase, **status}}, Pod)


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": reason, "message": message}}, **more}]}


def event(about: str, reason: str, message: str, type_: str = "Warning") -> Event:
    return msgspec.convert(
        {"metadata": {"name": f"{about}.{reason}", "namespace": "ml"}, "involvedObject": {"uid": about}, "type": type_, "reason": reason,
         "message": message, "lastTimestamp": "2026-11-21T10:00:00Z"},
        Event,
    )  # fmt: skip


def only(evidence: Evidence) -> Finding:
    found = why(evidence)
    assert len(found) == 1, found
    return found[0]


def unschedulable(message: str, **more: Any) -> Pod:
    conditions = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]
    return pod(node="", conditions=conditions, **more)


GPUS = (
    "0/9 nodes are available: 2 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 7 Insufficient nvidia.com/gpu. "
    "preemption: 0/9 nodes are available: 2 Preemption is not helpful for scheduling, 7 No preemption victims found for incoming pod."
)


def test_a_missing_gpu_is_named_with_its_number() -> None:
    spec = {"containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": "4"}}}]}
    found = only(Evidence(pods=[unschedulable(GPUS, spec=spec)]))
    assert found.severity is Severity.ERROR
    assert found.reason.startswith("No node has 4 nvidia.com/gpu free: 7 of 9 nodes have too few.")
    assert "The other nodes do not do either." in found.reason
    assert found.about == "Pod llama-0"


@pytest.mark.parametrize(
    ("message", "says", "remedy"),
    [
        ("0/3 nodes are available: 3 Insufficient memory.", "No node has enough memory free.", "Ask for less"),
        ("0/3 nodes are available: 3 node(s) had untolerated taint {gpu: only}.", "by a taint {gpu: only}", "toleration"),
        ("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "(zone=a)", "node selector"),
        ('persistentvolumeclaim "weights" not found', "PersistentVolumeClaim weights", "Make the claim"),
        ("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "has no volume yet", "StorageClass"),
        ("0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "can reach it", "same zone"),
        ("the world is flat", "No node takes it: the world is flat", "scheduler's words"),
    ],
)
def test_every_kind_of_scheduling_failure(message: str, says: str, remedy: str) -> None:
    found = only(Evidence(pods=[unschedulable(message, spec={"nodeSelector": {"zone": "a"}})]))
    assert says in found.reason
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("said", "says", "remedy"),
    [
        ("rpc error: code = NotFound desc = failed to resolve reference: nvcr.io/nim/x:1: not found", "does not exist", "tag"),
        ("unexpected status from HEAD request: 401 Unauthorized", "without a pull secret", "$oauthtoken"),
        ("402 Payment Required", "payment required", "subscription"),
        ("toomanyrequests: You have reached your pull rate limit", "too many pulls", "pull secret or a mirror"),
        ("no match for platform in manifest", "processor", "architecture"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "certificate", "CA"),
        ("dial tcp: lookup nvcr.io: no such host", "cannot reach nvcr.io", "mirror"),
        ("write /var/lib/containerd: no space left on device", "no room", "free some space"),
    ],
)
def test_the_registrys_answer(said: str, says: str, remedy: str) -> None:
    one = pod(**waiting("ImagePullBackOff", 'Back-off pulling image "nvcr.io/nim/x:1"'))
    told = event("uid-llama-0", "Failed", f'Failed to pull image "nvcr.io/nim/x:1": {said}')
    found = only(Evidence(pods=[one], events=[told]))
    assert says in found.reason
    assert remedy in found.remedy


def test_a_pull_with_a_secret_names_it() -> None:
    one = pod(spec={"imagePullSecrets": [{"name": "ngc"}]}, **waiting("ErrImagePull", "401 Unauthorized"))
    found = only(Evidence(pods=[one]))
    assert "with the pull secret ngc" in found.reason
    assert "kubernetes.io/dockerconfigjson" in found.remedy


@pytest.mark.parametrize("secrets", [[], [{"name": "ngc"}]])
def test_the_words_of_a_registry_that_wants_a_login_are_not_taken_for_a_secret(secrets: list[dict[str, str]]) -> None:
    said = "unexpected status from GET request to https://nvcr.io/proxy_auth: 401 Unauthorized"
    whole = f'failed to resolve reference "nvcr.io/nim/x:1": failed to authorize: failed to fetch anonymous token: {said}'
    one = pod(spec={"imagePullSecrets": secrets}, **waiting("ErrImagePull", f'failed to pull and unpack image "nvcr.io/nim/x:1": {whole}'))
    found = only(Evidence(pods=[one]))
    assert found.reason.endswith(f"it says: {said}")


def falling(exit_code: int, reason: str = "Error", restarts: int = 3) -> Pod:
    ended = {"terminated": {"exitCode": exit_code, "reason": reason}}
    return pod(phase="Running", **waiting("CrashLoopBackOff", lastState=ended, restartCount=restarts))


@pytest.mark.parametrize(
    ("tail", "says", "remedy"),
    [
        (["huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access gated repo"], "gated", "HF_TOKEN"),
        (["ValueError: No available memory for the cache blocks. Try increasing gpu_memory_utilization"], "KV cache", "tensor parallel"),
        (["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB"], "ran out of memory", "more GPUs"),
        (["The repository contains custom code; please pass the argument `trust_remote_code=True`"], "code of its own", "trust"),
        (["vllm serve: error: unrecognized arguments: --max-model-length 4096"], "--max-model-length 4096", "engine"),
        (["ValueError: World size (8) is larger than the number of available GPUs (2)"], "8 GPUs", "tensor parallel size"),
        (["OSError: [Errno 28] No space left on device"], "full", "larger volume"),
        (["RuntimeError: Failed to infer device type"], "sees no GPU", "limits"),
        (["RepositoryNotFoundError: 404 Client Error"], "does not know the model", "spelling"),
        (["ValueError: User-specified max_model_len (131072) is greater than the derived max_model_len (max_position_embeddings=32768)"],
         "131072", "leave the context length out"),
    ],
)  # fmt: skip
def test_a_crash_is_told_from_its_last_words(tail: Sequence[str], says: str, remedy: str) -> None:
    found = only(Evidence(pods=[falling(1)], tails={("llama-0", "main"): ["INFO starting", *tail]}))
    assert says in found.reason
    assert "(3 restarts)" in found.reason
    assert tail[-1][:60] in found.reason
    assert remedy in found.remedy


def test_a_crash_of_unknown_cause_shows_the_words_themselves() -> None:
    found = only(Evidence(pods=[falling(7)], tails={("llama-0", "main"): ["one", "two", "three", "four"]}))
    assert "exit code 7" in found.reason
    assert found.reason.endswith("two / three / four")


def test_a_secret_in_the_last_words_stays_one() -> None:
    token = "hf_" + "a" * 34
    found = only(Evidence(pods=[falling(7)], tails={("llama-0", "main"): [f"token {token} refused"]}))
    assert token not in found.reason


def test_killed_for_memory_names_the_limit() -> None:
    one = falling(137, "OOMKilled")
    limited = msgspec.structs.replace(
        one,
        spec=msgspec.convert(
            {"containers": [{"name": "main", "resources": {"limits": {"memory": "16Gi"}}}], "nodeName": "n"}, type(one.spec)
        ),
    )
    found = only(Evidence(pods=[limited]))
    assert "limit of 16Gi" in found.reason


def test_a_quota_is_told_by_the_replica_set() -> None:
    numbers = "requested: requests.nvidia.com/gpu=4, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=8"
    message = f'pods "llama-x" is forbidden: exceeded quota: gpus, {numbers}'
    conditions = [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]
    workload = msgspec.convert({"kind": "ReplicaSet", "metadata": {"name": "llama-1"}, "status": {"conditions": conditions}}, Workload)
    found = only(Evidence(pods=[], workloads=[workload]))
    assert found.reason == f"The namespace's quota is used up, so pods are refused: {message.partition('exceeded quota: ')[2]}"
    assert found.about == "ReplicaSet llama-1"
    assert "ResourceQuota" in found.remedy


def claim(phase: str) -> PersistentVolumeClaim:
    return msgspec.convert(
        {"metadata": {"name": "weights", "namespace": "ml", "uid": "uid-claim"}, "status": {"phase": phase}}, PersistentVolumeClaim
    )


MOUNTS = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "weights"}}]}


def test_a_claim_without_a_volume_says_why() -> None:
    told = event("uid-claim", "ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found')
    found = only(Evidence(pods=[pod(spec=MOUNTS)], claims={"weights": claim("Pending")}, events=[told]))
    assert found.reason == 'The PersistentVolumeClaim weights has no volume: storageclass.storage.k8s.io "fast" not found'


def test_a_claim_that_waits_for_its_pod_is_not_at_fault() -> None:
    told = event("uid-claim", "WaitForFirstConsumer", "waiting for first consumer to be created before binding", "Normal")
    assert why(Evidence(pods=[pod(spec=MOUNTS)], claims={"weights": claim("Pending")}, events=[told])) == []


def test_claims_that_may_not_be_seen_are_not_missing() -> None:
    assert why(Evidence(pods=[pod(spec=MOUNTS)], claims=None)) == []
    assert "does not exist" in only(Evidence(pods=[pod(spec=MOUNTS)], claims={})).reason


def test_a_missing_secret() -> None:
    found = only(Evidence(pods=[pod(**waiting("CreateContainerConfigError", 'secret "hf-token" not found'))]))
    assert 'secret "hf-token" not found' in found.reason
    assert "not shared between namespaces" in found.remedy


def test_what_several_pods_have_in_common_is_said_once() -> None:
    pods = [pod(name, **waiting("CreateContainerConfigError", 'secret "hf-token" not found')) for name in ("a", "b", "c")]
    found = only(Evidence(pods=pods))
    assert found.about == "Pod a and 2 more"


def test_the_first_cause_comes_first() -> None:
    crash, stuck = falling(1), unschedulable(GPUS)
    reasons = [finding.reason for finding in why(Evidence(pods=[crash, stuck]))]
    assert "nvidia.com/gpu" in reasons[0]
    assert "exit code 1" in reasons[1]


def test_running_and_not_ready_is_a_warning_with_the_probes_words() -> None:
    one = pod(phase="Running", containerStatuses=[{"name": "main", "ready": False, "state": {"running": {}}}], conditions=[OK])
    told = event("uid-llama-0", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    found = only(Evidence(pods=[one], events=[told]))
    assert found.severity is Severity.WARNING
    assert "statuscode: 503" in found.reason


def test_a_pod_that_runs_well_gives_no_finding() -> None:
    ready = [{"name": "main", "ready": True, "restartCount": 2, "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1}}}]
    one = pod(phase="Running", containerStatuses=ready, conditions=[OK, {"type": "Ready", "status": "True"}])
    assert why(Evidence(pods=[one], events=[])) == []


def test_a_job_that_has_ended_well_gives_no_finding() -> None:
    ended = [{"name": "main", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]
    assert why(Evidence(pods=[pod(phase="Succeeded", containerStatuses=ended)])) == []
