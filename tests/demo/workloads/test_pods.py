"""What becomes of Pods: the evidence that each failure leaves, where a real cluster leaves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeltui.demo import clock, controllers
from modeltui.demo.api import Api
from modeltui.demo.controllers.manager import Manager

Object = dict[str, Any]
NS = "ml"
VLLM = "vllm/vllm-openai:v0.11.0"


class Ground:
    """A node with two GPUs of 80 GB, and a time that only `until` moves."""

    def __init__(self) -> None:
        self.api, self.now = Api(), datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.manager = Manager(self.api, controllers.every(seed=1, pace=1.0))
        self.api.create("namespaces", {"metadata": {"name": NS}}, manager="test")
        status = {"allocatable": {"cpu": "64", "memory": "512Gi", "pods": "110", "nvidia.com/gpu": "2"}}
        node = {"metadata": {"name": "n1", "labels": {"nvidia.com/gpu.memory": "81559"}}, "status": status}
        self.api.create("nodes", node, manager="test", with_status=True)
        self.api.patch("nodes", "n1", [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")

    def make(self, resource: str, name: str, *, annotations: dict[str, str] | None = None, **rest: Any) -> None:
        with clock.at(self.now):
            metadata = {"name": name, "namespace": NS, "annotations": annotations or {}}
            self.api.create(resource, {"metadata": metadata, **rest}, manager="test", validation="Strict")

    def pod(self, *args: str, image: str = VLLM, gpus: int = 1, fail: str = "", spec: Object | None = None, **container: Any) -> None:
        runs = {"name": "server", "image": image, "args": list(args), "resources": {"limits": {"nvidia.com/gpu": str(gpus)}}, **container}
        annotations = {"demo.modeltui.dev/fail": fail} if fail else {}
        self.make("pods", "p", annotations=annotations, spec={"containers": [runs], **(spec or {})})

    @property
    def p(self) -> Object:
        return self.api.get("pods", "p", namespace=NS)

    @property
    def state(self) -> Object:
        found: Object = self.p["status"]["containerStatuses"][0]
        return found

    @property
    def log(self) -> str:
        return "\n".join(each.text for each in self.api.logs.read(NS, "p", "server"))

    def events(self, reason: str) -> list[str]:
        return [each["message"] for each in self.api.list("events", namespace=NS) if each["reason"] == reason]

    def until(self, true: Callable[[], object], *, seconds: int = 900) -> None:
        for _ in range(seconds):
            try:
                if true():
                    return
            except KeyError:  # not that far yet
                pass
            later = self.now + timedelta(seconds=1)
            self.manager.advance(self.now, later)
            self.now = later
        pytest.fail(f"it did not happen: {self.p.get('status')}")

    def waits_for(self, reason: str) -> str:
        self.until(lambda: self.state["state"]["waiting"]["reason"] == reason)
        return str(self.state["state"]["waiting"].get("message", ""))


def is_ready(ground: Ground) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in ground.p["status"].get("conditions", []))


def test_a_server_loads_before_it_is_ready() -> None:
    ground = Ground()
    ground.pod("--model", "Qwen/Qwen2.5-7B-Instruct")
    ground.until(lambda: "running" in ground.state["state"])
    assert not ground.state["ready"]
    ground.until(lambda: is_ready(ground))
    assert "GPU KV cache size" in ground.log
    assert "Application startup complete" in ground.log
    assert ground.state["imageID"].startswith("docker.io/vllm/vllm-openai@sha256:")
    assert ground.p["status"]["podIP"]


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        (("--model", "meta-llama/Llama-3.1-8B-Instruct"), {}, "GatedRepoError: 401"),
        (
            ("--model", "Qwen/Qwen2.5-7B-Instruct", "--tensor-parallel-size", "4"),
            {},
            "World size (4) is larger than the number of available GPUs (1)",
        ),
        (("--model", "moonshotai/Kimi-K2-Instruct"), {}, "trust_remote_code=True"),
        (("--model", "Qwen/Qwen2.5-7B-Instruct", "--max-model-len", "99999"), {}, "greater than the derived max_model_len"),
        (("--model", "Qwen/Qwen2.5-32B-Instruct", "--max-model-len", "32768", "--gpu-memory-utilization", "0.8"), {}, "KV cache is needed"),
        (("--model", "Qwen/Qwen2.5-72B-Instruct"), {}, "CUDA out of memory"),
        (("--model", "x/y-1B"), {"fail": "crash"}, "a failure on demand"),
    ],
)
def test_what_crashes_says_why_and_is_started_again_ever_later(args: tuple[str, ...], options: Any, said: str) -> None:
    ground = Ground()
    ground.pod(*args, **options)
    message = ground.waits_for("CrashLoopBackOff")
    assert "restarting failed container=server" in message
    assert said in ground.log
    assert ground.state["lastState"]["terminated"]["exitCode"] == 1
    ground.until(lambda: ground.state["restartCount"] >= 3)
    assert ground.events("BackOff")
    assert ground.api.logs.has_previous(NS, "p", "server")


def test_out_of_memory_unready_and_slow() -> None:
    ground = Ground()
    ground.pod("--model", "x/y-1B", fail="oom")
    ground.until(lambda: ground.state["lastState"]["terminated"]["reason"] == "OOMKilled")
    assert ground.state["lastState"]["terminated"]["exitCode"] == 137


def test_a_startup_probe_that_is_too_short_kills_what_would_have_come() -> None:
    ground = Ground()
    probe = {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 2, "failureThreshold": 3}
    ground.pod("--model", "Qwen/Qwen2.5-7B-Instruct", startupProbe=probe)
    ground.until(lambda: ground.events("Killing"))
    assert ground.events("Killing") == ["Container server failed startup probe, will be restarted"]
    assert "connect: connection refused" in ground.events("Unhealthy")[0]


@pytest.mark.parametrize(
    ("image", "fail", "words"),
    [
        ("vllm/vllm-openai:my-tag", "", "docker.io/vllm/vllm-openai:my-tag: not found"),
        ("nvcr.io/nim/meta/llama:1", "", "401 Unauthorized"),
        (VLLM, "image-ratelimit", "toomanyrequests"),
        (VLLM, "image-payment", "402 Payment Required"),
    ],
)
def test_an_image_that_cannot_be_pulled(image: str, fail: str, words: str) -> None:
    ground = Ground()
    ground.pod("--model", "x/y-1B", image=image, fail=fail)
    assert words in ground.waits_for("ErrImagePull")
    assert words in ground.waits_for("ImagePullBackOff")
    assert any(words in each for each in ground.events("Failed"))
    assert ground.p["status"]["phase"] == "Pending"


def test_a_secret_that_is_missing_is_waited_for() -> None:
    ground = Ground()
    source = {"secretKeyRef": {"name": "hf-token", "key": "HF_TOKEN"}}
    ground.pod("--model", "meta-llama/Llama-3.1-8B-Instruct", env=[{"name": "HF_TOKEN", "valueFrom": source}])
    assert ground.waits_for("CreateContainerConfigError") == 'secret "hf-token" not found'
    ground.make("secrets", "hf-token", stringData={"other": "x"})
    ground.until(lambda: "couldn't find key HF_TOKEN in Secret ml/hf-token" in ground.state["state"]["waiting"]["message"])
    with clock.at(ground.now):
        ground.api.patch("secrets", "hf-token", {"stringData": {"HF_TOKEN": "hf_example"}}, namespace=NS, manager="test")
    ground.until(lambda: is_ready(ground))
    assert "hf_example" not in ground.log


def test_init_containers_come_first() -> None:
    ground = Ground()
    first = [{"name": "fetch", "image": "busybox:1.36"}]
    ground.pod("--model", "x/y-1B", spec={"initContainers": first})
    assert ground.waits_for("PodInitializing") == ""
    ground.until(lambda: is_ready(ground))
    ended = ground.p["status"]["initContainerStatuses"][0]
    assert (ended["ready"], ended["state"]["terminated"]["reason"]) == (True, "Completed")


def test_a_pod_without_room_says_so_and_goes_where_room_appears() -> None:
    ground = Ground()
    ground.make(
        "pods", "first", spec={"containers": [{"name": "c", "image": "busybox:1", "resources": {"limits": {"nvidia.com/gpu": "2"}}}]}
    )
    ground.until(lambda: ground.api.get("pods", "first", namespace=NS)["spec"].get("nodeName"))
    ground.pod("--model", "x/y-1B")
    ground.until(lambda: ground.events("FailedScheduling"))
    helpless = "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    assert ground.events("FailedScheduling") == [f"0/1 nodes are available: 1 Insufficient nvidia.com/gpu. {helpless}"]
    with clock.at(ground.now):
        ground.api.delete("pods", "first", namespace=NS)
    ground.until(lambda: is_ready(ground))
