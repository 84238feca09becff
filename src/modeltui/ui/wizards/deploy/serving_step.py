"""How the engine serves the model: the questions that several systems ask alike. Pure both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, TypedDict

from modeltui.catalog.merged import Catalogs
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import model_step, spelling
from modeltui.ui.wizards.deploy.shared import DEFAULT, OFF, ON, Asks, asked_by, on_off_text, one_word
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import NO, YES, Field, Kind, Step, Values

STEP: Final = "serving"
TOKEN_SECRET: Final = "hf-token-secret"
"""What the Secret with a token of the Hub is proposed to be called, as Dynamo and AI Runway call it in their own words."""

KEYS: Final = (
    *("served_name", "context_length", "prefix_caching", "eager", "trust_remote_code"),
    *("extra_args", "token_secret"),
)


def step(asks: Asks, catalogs: Catalogs) -> Step:
    fields = asked_by(
        asks,
        Field(
            key="served_name",
            label="Served name",
            check=one_word,
            proposes=served_name,
            help="What clients write as the model. Empty: as the model is called.",
        ),
        Field(
            key="context_length",
            label="Context length",
            check=spelling.at_least(1),
            help="Tokens of prompt and answer together. Empty: what the model can; less needs less memory.",
        ),
        Field(
            key="prefix_caching",
            label="Prefix caching",
            kind=Kind.CHOICE,
            choices=(DEFAULT, ON, OFF),
            default=DEFAULT,
            help="Reuse what was worked out for the same beginning of a prompt. Left and right choose:",
        ),
        Field(
            key="eager",
            label="Eager mode",
            kind=Kind.SWITCH,
            help="Without CUDA graphs: it starts faster and answers slower.",
        ),
        Field(
            key="trust_remote_code",
            label="Trust remote code",
            kind=Kind.SWITCH,
            help="Run Python from the model's repository: only for those whose publisher you trust.",
        ),
        Field(
            key="extra_args",
            label="Engine arguments",
            check=spelling.words_problem,
            keeps=lambda text, _: spelling.words_kept(text),
            help="More of them, as in a shell: --max-num-seqs 64. They come last, so that they count.",
        ),
        Field(
            key="token_secret",
            label="Token Secret",
            suggests="secrets",
            check=answering.object_name,
            proposes=lambda values: TOKEN_SECRET if model_step.gated(catalogs, values) else "",
            help="A Secret of the namespace with HF_TOKEN, for gated models.",
        ),
    )
    return Step(key=STEP, title="Serving", fields=fields, wanted=lambda values: any(asks(values, key) for key in KEYS))


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


def answers(group: Group) -> ServingAnswers:
    """All but prefix caching, of which some systems say yes and no, and others nothing too (`on_off`)."""
    return ServingAnswers(
        served_name=group["served_name"].strip(),
        context_length=spelling.count(group["context_length"]),
        eager=group["eager"] == YES,
        trust_remote_code=group["trust_remote_code"] == YES,
        extra_args=spelling.words(group["extra_args"]),
        token_secret=group["token_secret"].strip(),
    )


def texts(found: Served) -> Mapping[str, str]:
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
