"""`modeltui prompt` and `modeltui port-forward` as a user types them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
from tests.cli.running import Run, create
from tests.demo.serving_pod import MODEL, pod_of, service_of

from modeltui.demo.inference import text
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.systems.core.types import NAMESPACES, PODS, SERVICES

NS = "team-llm"


@pytest.fixture(scope="module")
def serving(cluster: str) -> str:
    """A kubeconfig; in its cluster pods that serve, with a Service, and one that is not ready."""
    asyncio.run(_fill(cluster))
    return cluster


async def _fill(kubeconfig: str) -> None:
    client = Client(credentials.load(kubeconfig, "admin"))
    await create(client, NAMESPACES, "", {"metadata": {"name": NS}})
    await create(client, SERVICES, NS, service_of("llm", namespace=NS))
    for name, labels, ready in (("llm-0", {"app": "llm"}, True), ("loading-0", {"app": "loading"}, False)):
        pod = pod_of(name, namespace=NS, labels=labels, ready=ready)
        status = pod.pop("status")
        await create(client, PODS, NS, pod)
        path = PODS.path(NS, name, "status")
        await client.request("PATCH", path, body={"status": status}, content_type="application/merge-patch+json")
    await client.aclose()


def ask(serving: str, *words: str) -> tuple[str, ...]:
    return ("prompt", "--kubeconfig", serving, "-n", NS, *words)


@pytest.mark.parametrize("via", ["proxy", "forward"])
@pytest.mark.parametrize("name", ["svc/llm", "pod/llm-0"])
def test_the_answer_goes_to_stdout_and_the_figures_to_stderr(modeltui: Run, serving: str, name: str, via: str) -> None:
    code, out, err = modeltui(*ask(serving, name, "tell me", "--via", via, "--max-tokens", "12"))
    assert code == 0, err
    assert out == "".join(text.tokens("tell me", 12)) + "\n"
    assert "The answer was cut at the number of tokens that it may have." in err
    assert re.search(rf"{MODEL}: first token 0\.\d\d s · [\d.]+ tokens/s · 12 tokens · 0\.\d\d s", err)


def test_json_has_the_answer_and_its_figures(modeltui: Run, serving: str) -> None:
    code, out, _ = modeltui(*ask(serving, "svc/llm", "hi", "--max-tokens", "5", "-o", "json", "--system", "be short"))
    found = json.loads(out)
    assert code == 0
    assert found["answer"] == "".join(text.tokens("be short\nhi", 5))
    assert (found["model"], found["tokens"], found["promptTokens"], found["finishReason"]) == (MODEL, 5, 14, "length")
    assert 0 < found["timeToFirstToken"] < found["total"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("svc/llm", "hi", "--model", "gpt-5"),
            1,
            f'the server knows no model "gpt-5": it serves {MODEL}\n  The model',
        ),
        (("svc/gone", "hi"), 2, f"there is no Service gone in namespace {NS}"),
        (("svc/llm", "hi", "--port", "81"), 2, "Service llm has no port 81: there are 80 (http)"),
        (("pod/loading-0", "hi", "--via", "forward"), 1, "no pod of pod/loading-0 is ready: loading-0 runs but is not ready"),
        (("pod/loading-0", "hi"), 1, "the model server cannot be reached: dial tcp 10.42.0.7:8000: connect: connection refused"),
        (("svc/llm", " "), 2, "there is nothing to ask"),
        (("svc/llm", "hi", "--max-tokens", "no"), 2, "--max-tokens is 'no', which is no number above 0"),
        (("svc/llm", "hi", "--read-only"), 1, "read-only mode: no prompt is sent"),
        (("nosuch", "hi"), 2, f"there is no deployment nosuch in namespace {NS}"),
    ],
)
def test_what_goes_wrong_is_a_sentence(modeltui: Run, serving: str, words: tuple[str, ...], code: int, told: str) -> None:
    answered, out, err = modeltui(*ask(serving, *words))
    assert told in err
    assert (answered, out) == (code, "")


def test_a_forward_leads_to_the_pod_until_it_is_interrupted(serving: str) -> None:
    command = [sys.executable, "-m", "modeltui", "port-forward", "--kubeconfig", serving, "-n", NS, "svc/llm"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Forwarding (http://127\.0\.0\.1:\d+) to svc/llm, port 8000; Ctrl-C ends it\n", line)
        assert found is not None, line or process.communicate()[1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{found[1]}/v1/models", timeout=10) as answer:
            assert json.load(answer)["data"][0]["id"] == MODEL
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == "to pod llm-0\n"


def test_a_forward_is_refused_in_read_only_mode(modeltui: Run, serving: str) -> None:
    code, out, err = modeltui("port-forward", "--kubeconfig", serving, "-n", NS, "svc/llm", "--read-only")
    assert (code, out) == (3, "")
    assert "read-only mode: no port is forwarded" in err
