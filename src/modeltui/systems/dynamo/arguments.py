"""The command line of a worker, for each engine and each half of the work. Pure.

How flags are spelled stands in `catalogs/engines.yaml`; what a half needs besides is Dynamo's own.
"""

from __future__ import annotations

from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.serving import known

KV_TRANSFER = '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'
_VLLM_EVENTS = '{"publisher":"zmq","topic":"kv-events","endpoint":"tcp://*:20080","enable_kv_cache_events":true}'
_SGLANG_EVENTS = '{"publisher":"zmq","topic":"kv-events","endpoint":"tcp://*:5557"}'
_TRTLLM_PREFILL = '{"disable_overlap_scheduler":true,"cache_transceiver_config":{"backend":"DEFAULT"}}'
_TRTLLM_DECODE = '{"cache_transceiver_config":{"backend":"DEFAULT"}}'


def command(engine: str) -> list[str]:
    return ["python3", "-m", f"dynamo.{engine}"]


def arguments(answers: GraphAnswers, role: str) -> list[str]:
    """`role`: worker, prefill or decode. What the answers add by hand comes last, so that it counts."""
    flags = known.spelled(answers.engine, "dynamo")
    given: list[str] = []
    for flag, value in (
        (flags.model, answers.model),
        (flags.served_name, answers.served_name),
        (flags.context_length, str(answers.context_length or "")),
        (flags.tensor_parallel, str(answers.gpus) if answers.gpus > 1 else ""),
    ):
        if flag and value:
            given += [flag, value]
    caching = {True: flags.prefix_caching_on, False: flags.prefix_caching_off, None: None}[answers.prefix_caching]
    given += [flag for flag in (caching, flags.eager if answers.eager else "", _trust(answers, flags.trust_remote_code)) if flag]
    return [*given, *_half(answers, role), *_events(answers, role), *answers.extra_args]


def _trust(answers: GraphAnswers, flag: str | None) -> str | None:
    return flag if answers.trust_remote_code else ""


def _half(answers: GraphAnswers, role: str) -> list[str]:
    if role == "worker":
        return []
    mode = ["--disaggregation-mode", role]
    match answers.engine:
        case "vllm":
            return [*mode, "--kv-transfer-config", KV_TRANSFER]
        case "sglang":
            return [*mode, "--disaggregation-transfer-backend", "nixl", "--disaggregation-bootstrap-port", "12345", "--host", "0.0.0.0"]
    return [*mode, "--override-engine-args", _TRTLLM_PREFILL if role == "prefill" else _TRTLLM_DECODE]


def _events(answers: GraphAnswers, role: str) -> list[str]:
    """What a router that goes by cached prefixes has to hear from those who work prompts out."""
    if answers.router_mode != "kv" or role == "decode":
        return []
    match answers.engine:
        case "vllm":
            return ["--kv-events-config", _VLLM_EVENTS]
        case "sglang":
            return ["--kv-events-config", _SGLANG_EVENTS]
    return ["--publish-events-and-metrics"]
