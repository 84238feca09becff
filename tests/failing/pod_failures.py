"""What goes wrong with pods, whichever system makes them: how it is brought about, and what has to be said first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import Told

from modeltui.domain import Phase, Severity

SMALL, LARGE, KIMI = "Qwen/Qwen3-0.6B", "Qwen/Qwen2.5-72B-Instruct", "moonshotai/Kimi-VL-A3B-Instruct"
GATED = "meta-llama/Llama-3.1-8B-Instruct"


@dataclass(frozen=True)
class Wish:
    """What a deployment asks for, in no system's words."""

    model: str = SMALL
    gpus: int = 1
    args: tuple[str, ...] = ()
    env: tuple[Obj, ...] = ()
    fail: str = ""
    """Of demo.modeltui.dev/fail."""
    nodes: Mapping[str, str] = field(default_factory=dict)
    claim: str = ""


@dataclass(frozen=True)
class Mode:
    """`says`, `remedy`: parts of the first finding; `about`: of the object that it names."""

    name: str
    says: str
    remedy: str
    about: str = "Pod "
    wish: Wish = Wish()
    before: Callable[[Yard], Any] = lambda yard: None
    only_a_warning: bool = False

    def __str__(self) -> str:
        return self.name


def _secret(key: str = "HF_TOKEN") -> Obj:
    return {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": key}}}


def _takes_all(yard: Yard) -> None:
    """Two pods that hold the GPUs of the two nodes."""
    for name in ("nvidia.com/gpu", "amd.com/gpu"):
        container = {"name": "main", "image": "ubuntu:24.04", "resources": {"limits": {name: "8"}}}
        yard.make("pods", f"holder-{name.partition('.')[0]}", spec={"containers": [container]})
    yard.passes(seconds=30)


def _claims(yard: Yard) -> None:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}, "storageClassName": "fast"}
    yard.make("persistentvolumeclaims", "weights", spec=spec)


def _quota(yard: Yard) -> None:
    yard.make("resourcequotas", "gpus", spec={"hard": {"requests.nvidia.com/gpu": "0", "requests.amd.com/gpu": "0"}})


def _other_keys(yard: Yard) -> None:
    yard.make("secrets", "hf-token", stringData={"token": "hf_notReal"})


_CONFIG = {"name": "SETTINGS", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}
_PRODUCT = {"nvidia.com/gpu.product": "NVIDIA-H200"}

MODES = (
    Mode("more GPUs than a node has", "64 nvidia.com/gpu, and no node has more than 8", "Ask for fewer", wish=Wish(gpus=64)),
    Mode("all GPUs are taken", "No node has 1 nvidia.com/gpu free", "Stop something that holds some", before=_takes_all),
    Mode("no such GPU model", "nvidia.com/gpu.product=NVIDIA-H200", "node selector", wish=Wish(nodes=_PRODUCT)),
    Mode("the image is not there", "does not exist", "Is the tag right?", wish=Wish(fail="image")),
    Mode("the registry wants a login", "without a pull secret", "dockerconfigjson", wish=Wish(fail="image-unauthorized")),
    Mode("the registry limits pulls", "too many pulls", "raises the limit", wish=Wish(fail="image-ratelimit")),
    Mode("the registry wants money", "payment required", "subscription", wish=Wish(fail="image-payment")),
    Mode("killed for main memory", "used more memory than", "memory limit", wish=Wish(fail="oom")),
    Mode("CUDA out of memory", "GPU ran out of memory", "more GPUs", wish=Wish(model=LARGE)),
    Mode(
        "the context fits no KV cache",
        "KV cache of one request of 131072 tokens",
        "shorter context length",
        wish=Wish(model="01-ai/Yi-34B-200K", args=("--max-model-len", "131072")),
    ),
    Mode(
        "a context beyond the model",
        "(65536) is longer than the model's own (40960)",
        "no more",
        wish=Wish(args=("--max-model-len", "65536")),
    ),
    Mode("an unknown argument", "--max-model-length 4096", "version of its image", wish=Wish(args=("--max-model-length", "4096"))),
    Mode("gated, and no token", "The model is gated", "HF_TOKEN", wish=Wish(model=GATED)),
    Mode("code of its own", "code of its own", "trust remote code", wish=Wish(model=KIMI)),
    Mode("too few GPUs for its parallelism", "use 4 GPUs", "tensor parallel size", wish=Wish(args=("--tensor-parallel-size", "4"))),
    Mode("it crashes for no known reason", "a failure on demand", "Read its log", wish=Wish(fail="crash")),
    Mode("a claim without a volume", "claim weights has no volume", "StorageClass", wish=Wish(claim="weights"), before=_claims),
    Mode("a claim that is not there", "claim weights, which does not exist", "Make the claim", wish=Wish(claim="weights")),
    Mode("a Secret that is not there", 'secret "hf-token" not found', "Secrets are not shared", wish=Wish(env=(_secret(),))),
    Mode("a key that is not there", "couldn't find key HF_TOKEN", "Add the key", wish=Wish(env=(_secret(),)), before=_other_keys),
    Mode("a ConfigMap that is not there", 'configmap "settings" not found', "Make it", wish=Wish(env=(_CONFIG,))),
    Mode("the quota is used up", "quota is used up", "ResourceQuota raised", "Set ", before=_quota),
    Mode("it never gets ready", "runs, and is not ready", "its log", wish=Wish(fail="unready"), only_a_warning=True),
)
BY_NAME = {mode.name: mode for mode in MODES}


def annotations(wish: Wish) -> dict[str, str]:
    return {"demo.modeltui.dev/fail": wish.fail} if wish.fail else {}


def container(wish: Wish, name: str, *, command: tuple[str, ...] = ("vllm", "serve"), **more: Any) -> Obj:
    """Of vLLM."""
    words = ["--model", wish.model] if "dynamo.vllm" in command else [wish.model]
    found: Obj = {
        "name": name,
        "image": "vllm/vllm-openai:v0.11.0",
        "command": list(command),
        "args": [*words, *wish.args],
        "resources": {"limits": {"nvidia.com/gpu": str(wish.gpus)}},
        **more,
    }
    if wish.env:
        found["env"] = list(wish.env)
    if wish.claim:
        found["volumeMounts"] = [{"name": "weights", "mountPath": "/mnt/weights"}]
    return found


def pod_spec(wish: Wish, container: Obj) -> Obj:
    found: Obj = {"containers": [container]}
    if wish.nodes:
        found["nodeSelector"] = dict(wish.nodes)
    if wish.claim:
        found["volumes"] = [{"name": "weights", "persistentVolumeClaim": {"claimName": wish.claim}}]
    return found


def judge(told: Told, mode: Mode) -> None:
    """That the first thing said is the cause, with what helps, about a pod or what makes pods."""
    assert told.phase not in (Phase.READY, Phase.PAUSED, Phase.UNKNOWN), told
    if mode.only_a_warning:
        assert told.first.severity is Severity.WARNING
        assert mode.says in told.first.reason
        assert mode.remedy in told.first.remedy
    else:
        told.is_an_error(mode.says, mode.remedy, mode.about)
