"""The questions that several systems ask, each once, so that what was answered for one stands there for the next. Pure both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypedDict

from modeltui.catalog.merged import Catalogs
from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers, ResourceAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import model_step, spelling
from modeltui.ui.wizards.deploy.surroundings import Surroundings
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import NO, YES, Field, Kind, Step, Values

BASICS: Final = "basics"
SERVING: Final = "serving"
RESOURCES: Final = "resources"
SERVING_KEYS: Final = (
    *("served_name", "context_length", "prefix_caching", "eager", "trust_remote_code"),
    *("extra_args", "token_secret"),
)
RESOURCE_KEYS: Final = (
    *("gpus", "gpu_resource", "cpu", "memory", "cpu_limit", "memory_limit"),
    *("node_selector", "tolerations", "env"),
)
TOKEN_SECRET: Final = "hf-token-secret"
"""What the Secret with a token of the Hub is proposed to be called, as Dynamo and AI Runway call it in their own words."""

DEFAULT: Final = "default"
"""Of a choice: nothing is said, and the engine does what it does by itself."""
ON, OFF = "on", "off"

GPU_RESOURCES: Final = (NVIDIA, "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe")
"""Suggested; any other extended resource may be typed."""

Asks = Callable[[Values, str], bool]
"""(answers, key of a field) -> whether the system that is chosen wants to know it."""


def basics(propose: Callable[[Values], str], *, editing: bool) -> Step:
    """`propose`: a name within the limits of the system that is chosen."""
    return Step(
        key=BASICS,
        title="Name",
        fields=(
            Field(
                key="name",
                label="Name",
                required=True,
                check=answering.object_name,
                proposes=propose,
                fixed=editing,
                help="Of the object. It is proposed within the limits of the system.",
            ),
            Field(key="namespace", label="Namespace", required=True, suggests="namespaces", check=answering.label_name, fixed=editing),
        ),
    )


def serving(asks: Asks, catalogs: Catalogs) -> Step:
    """How the engine serves it."""

    def wanted(key: str) -> Callable[[Values], bool]:
        return lambda values: asks(values, key)

    fields = (
        Field(
            key="served_name",
            label="Served name",
            check=one_word,
            wanted=wanted("served_name"),
            proposes=lambda values: served_name(values) if asks(values, "served_name") else "",
            help="What clients write as the model. Empty: as the model is called.",
        ),
        Field(
            key="context_length",
            label="Context length",
            check=spelling.at_least(1),
            wanted=wanted("context_length"),
            help="Tokens of prompt and answer together. Empty: what the model can; less needs less memory.",
        ),
        Field(
            key="prefix_caching",
            label="Prefix caching",
            kind=Kind.CHOICE,
            choices=(DEFAULT, ON, OFF),
            default=DEFAULT,
            wanted=wanted("prefix_caching"),
            help="Reuse what was worked out for the same beginning of a prompt. Left and right choose:",
        ),
        Field(
            key="eager",
            label="Eager mode",
            kind=Kind.SWITCH,
            wanted=wanted("eager"),
            help="Without CUDA graphs: it starts faster and answers slower.",
        ),
        Field(
            key="trust_remote_code",
            label="Trust remote code",
            kind=Kind.SWITCH,
            wanted=wanted("trust_remote_code"),
            help="Run Python from the model's repository: only for those whose publisher you trust.",
        ),
        Field(
            key="extra_args",
            label="Engine arguments",
            check=spelling.words_problem,
            keeps=lambda text, _: spelling.words_kept(text),
            wanted=wanted("extra_args"),
            help="More of them, as in a shell: --max-num-seqs 64. They come last, so that they count.",
        ),
        Field(
            key="token_secret",
            label="Token Secret",
            suggests="secrets",
            check=answering.object_name,
            wanted=wanted("token_secret"),
            proposes=lambda values: TOKEN_SECRET if asks(values, "token_secret") and model_step.gated(catalogs, values) else "",
            help="A Secret of the namespace with HF_TOKEN, for gated models.",
        ),
    )
    return Step(key=SERVING, title="Serving", fields=fields, wanted=lambda values: any(asks(values, key) for key in SERVING_KEYS))


class Served(Protocol):
    """Answers of a system that the whole step speaks of."""

    @property
    def served_name(self) -> str: ...
    @property
    def context_length(self) -> int | None: ...
    @property
    def prefix_caching(self) -> bool | None: ...
    @property
    def eager(self) -> bool: ...
    @property
    def trust_remote_code(self) -> bool: ...
    @property
    def extra_args(self) -> tuple[str, ...]: ...
    @property
    def token_secret(self) -> str: ...


class ServingAnswers(TypedDict):
    """What such answers are made with."""

    served_name: str
    context_length: int | None
    eager: bool
    trust_remote_code: bool
    extra_args: tuple[str, ...]
    token_secret: str


def serving_answers(group: Group) -> ServingAnswers:
    """All but prefix caching, of which some systems say yes and no, and others nothing too (`on_off`)."""
    return ServingAnswers(
        served_name=group["served_name"].strip(),
        context_length=spelling.count(group["context_length"]),
        eager=group["eager"] == YES,
        trust_remote_code=group["trust_remote_code"] == YES,
        extra_args=spelling.words(group["extra_args"]),
        token_secret=group["token_secret"].strip(),
    )


def serving_texts(found: Served) -> Mapping[str, str]:
    return {
        "served_name": found.served_name,
        "context_length": spelling.count_text(found.context_length),
        "prefix_caching": on_off_text(found.prefix_caching),
        "eager": YES if found.eager else NO,
        "trust_remote_code": YES if found.trust_remote_code else NO,
        "extra_args": spelling.words_text(found.extra_args),
        "token_secret": found.token_secret,
    }


def served_name(values: Values) -> str:
    """A claim's weights have no name of their own but the path; the folder they lie in is a better one."""
    if model_step.origin(values) != model_step.CLAIM:
        return ""
    return model_step.named(values).rpartition("/")[2]


def one_word(text: str) -> str:
    return "One word, without spaces." if any(character.isspace() for character in text) else ""


def said(text: str) -> str:
    """What a choice with a default means; "" where nothing is said."""
    return "" if text.strip() == DEFAULT else text.strip()


def on_off(text: str) -> bool | None:
    """What a choice of on, off and default means; None: nothing is said."""
    return {ON: True, OFF: False}.get(text)


def on_off_text(found: bool | None) -> str:
    return {True: ON, False: OFF, None: DEFAULT}[found]


def resources(asks: Asks, catalogs: Catalogs, surroundings: Surroundings) -> Step:
    """What one replica gets, and where it may run."""

    def wanted(key: str) -> Callable[[Values], bool]:
        return lambda values: asks(values, key)

    return Step(
        key=RESOURCES,
        title="Resources",
        wanted=lambda values: any(asks(values, key) for key in RESOURCE_KEYS),
        fields=(
            Field(
                key="gpus",
                label="GPUs",
                default="1",
                check=spelling.at_least(0, 64),
                wanted=wanted("gpus"),
                help="Of one replica. 0: none; empty: nothing is said of GPUs.",
            ),
            Field(
                key="gpu_resource",
                label="GPU resource",
                default=NVIDIA,
                suggests="gpu resources",
                check=resource_name,
                wanted=lambda values: asks(values, "gpu_resource") and values.get("gpus", "").strip() not in ("", "0"),
                help="The extended resource that the nodes offer.",
            ),
            Field(
                key="cpu",
                label="CPU",
                check=spelling.amount,
                wanted=wanted("cpu"),
                help="Requested by one replica, such as 8. Empty: nothing is said.",
            ),
            Field(
                key="memory", label="Memory", check=spelling.amount, wanted=wanted("memory"), help="Requested by one replica, such as 32Gi."
            ),
            Field(
                key="cpu_limit",
                label="CPU limit",
                check=spelling.amount,
                wanted=wanted("cpu_limit"),
                help="Throttled beyond it. Empty: no limit.",
            ),
            Field(
                key="memory_limit",
                label="Memory limit",
                check=spelling.amount,
                wanted=wanted("memory_limit"),
                help="Killed beyond it. Empty: no limit.",
            ),
            Field(
                key="node_selector",
                label="Node selector",
                kind=Kind.LINES,
                check=answering.pairs,
                wanted=wanted("node_selector"),
                help="Labels that a node must have, one key=value a line.",
            ),
            Field(
                key="tolerations",
                label="Tolerations",
                kind=Kind.LINES,
                check=spelling.tolerations_problem,
                wanted=wanted("tolerations"),
                proposes=lambda values: tolerations(asks, values, surroundings),
                help=spelling.TOLERATIONS_HELP,
            ),
            Field(
                key="env",
                label="Variables",
                kind=Kind.LINES,
                check=spelling.env_problem,
                keeps=lambda text, _: spelling.env_kept(text),
                wanted=wanted("env"),
                proposes=lambda values: (
                    "HF_TOKEN <- secret hf-token-secret/HF_TOKEN" if asks(values, "token") and model_step.gated(catalogs, values) else ""
                ),
                help=spelling.ENV_HELP,
            ),
        ),
    )


def tolerations(asks: Asks, values: Values, surroundings: Surroundings) -> str:
    """What keeps pods off the GPUs that are asked for in this cluster, and would keep this one pending."""
    if not asks(values, "tolerations") or values.get("gpus", "").strip() in ("", "0"):
        return ""
    return surroundings.tolerations(values.get("gpu_resource", "").strip() or NVIDIA)


def resource_name(text: str) -> str:
    head, slash, tail = text.partition("/")
    return "" if slash and head and tail and " " not in text else "Of the form vendor.com/gpu."


def resource_answers(group: Group) -> ResourceAnswers:
    return ResourceAnswers(
        gpus=spelling.count(group["gpus"]),
        gpu_resource=group["gpu_resource"].strip() or NVIDIA,
        cpu=group["cpu"].strip(),
        memory=group["memory"].strip(),
        cpu_limit=group["cpu_limit"].strip(),
        memory_limit=group["memory_limit"].strip(),
    )


def resource_texts(found: ResourceAnswers) -> Mapping[str, str]:
    return {
        "gpus": spelling.count_text(found.gpus),
        "gpu_resource": found.gpu_resource,
        "cpu": found.cpu,
        "memory": found.memory,
        "cpu_limit": found.cpu_limit,
        "memory_limit": found.memory_limit,
    }


def placement_answers(group: Group) -> PlacementAnswers:
    return PlacementAnswers(node_selector=answering.mapping(group["node_selector"]), tolerations=spelling.tolerations(group["tolerations"]))


def placement_texts(found: PlacementAnswers) -> Mapping[str, str]:
    """Raises AnswersError for a toleration that one line cannot spell."""
    return {"node_selector": answering.lines(found.node_selector), "tolerations": spelling.tolerations_text(found.tolerations)}
