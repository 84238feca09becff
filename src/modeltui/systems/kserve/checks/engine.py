"""What the engine is told, against what its container has: numbers with which it would end at once, or leave GPUs idle. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from math import prod
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.core.types import ContainerSpec
from modeltui.systems.serving import command_line, gpus

ADDED: Final = "VLLM_ADDITIONAL_ARGS"
"""Variable of an LLMInferenceService: KServe's presets add its words to vLLM's command line."""
_TENSOR: Final = ("--tensor-parallel-size", "-tp", "--tp-size", "--tp")
_PIPELINE: Final = ("--pipeline-parallel-size", "-pp", "--pp-size", "--pp")
_DATA: Final = ("--data-parallel-size", "-dp", "--dp-size", "--dp")
_VLLM: Final = ("vllm", "huggingface")
"""KServe's own server runs vLLM."""
_DTYPES: Final = ("auto", "half", "float16", "bfloat16", "float", "float32")


def line(container: ContainerSpec) -> tuple[str, ...]:
    """Its command line, with what a variable adds to it; that counts last."""
    added = next((one.value for one in container.env if one.name == ADDED and one.value_from is None), "")
    try:
        return (*command_line.words(container), *shlex.split(added))
    except ValueError:  # a quote that is never closed
        return (*command_line.words(container), *added.split())


def _said(words: Sequence[str], names: Sequence[str]) -> tuple[str, str]:
    """The option as it is spelled there, and its value; ("", "") when none of the names stands there."""
    return next(((name, found[0]) for name in names if (found := command_line.option(words, name))), ("", ""))


def parallel(words: Sequence[str], container: ContainerSpec, engine: str, field: str, *, whole: bool) -> Iterator[Finding]:
    """Of an engine in one pod. `whole`: what it asks for is there, and no runtime that is not known adds to its command line, so that
    idle GPUs can be told. `field`: of the container."""
    if engine not in (*_VLLM, "sglang") or container.resources.claims:
        return
    said = [one for one in (_said(words, names) for names in (_TENSOR, _PIPELINE, _DATA)) if one[0]]
    ways = [quantity.whole(value) for _, value in said]
    if not all(ways):
        return  # a variable, or a word that the engine refuses by itself
    ranks = prod(way for way in ways if way)
    asked = sum(gpus.asked(container.resources).values())
    told = " ".join(word for one in said for word in one)
    if 0 < asked < ranks:
        yield Finding(
            Severity.ERROR,
            f"The engine splits the model {ranks} ways ({told}), and its container has {asked} GPU{'s' if asked > 1 else ''}: it ends at "
            "once.",
            "Ask for as many GPUs, or split it less.",
            f"{field}.args",
        )
    elif asked > ranks and whole and _starts_vllm(words, container):
        yield Finding(
            Severity.WARNING,
            f"Its container has {asked} GPUs, and the engine uses {ranks} of them{f' ({told})' if told else ''}: the others are kept idle.",
            f"Add --tensor-parallel-size {asked}, or ask for {ranks}.",
            f"{field}.args",
        )


def _starts_vllm(words: Sequence[str], container: ContainerSpec) -> bool:
    """And nothing else that might split by itself what nobody says."""
    own = container.image.partition("@")[0].rpartition("/")[2].partition(":")[0] == "vllm-openai" and not container.command
    return own or command_line.engine_by_words(words) == "vllm"


def settings(words: Sequence[str], engine: str, field: str) -> Iterator[Finding]:
    """Of vLLM, which ends with an error in its log for each of these."""
    if engine not in _VLLM:
        return
    share = next(iter(command_line.option(words, "--gpu-memory-utilization")), "")
    if share and not _is_share(share):
        yield Finding(
            Severity.ERROR,
            f'--gpu-memory-utilization "{share}" is no part of a GPU\'s memory: vLLM does not start.',
            "A number above 0 and at most 1, such as 0.9.",
            f"{field}.args",
        )
    dtype = next(iter(command_line.option(words, "--dtype")), "")
    if dtype and dtype not in _DTYPES and "$" not in dtype:
        yield Finding(
            Severity.ERROR,
            f'--dtype "{dtype}" is none that vLLM knows: it does not start.',
            f"One of {', '.join(_DTYPES)}.",
            f"{field}.args",
        )


def _is_share(text: str) -> bool:
    try:
        return "$" in text or 0 < float(text) <= 1
    except ValueError:
        return False
