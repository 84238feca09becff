"""Weights of one's own, of the Hub or of an object store, that AIM Engine serves with a base image. Pure both ways."""

from __future__ import annotations

import re
from typing import Final

from modeltui.systems.aim.answers import HardwareAnswers, WeightsAnswers
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import fetched, model_step, serving_step, spelling
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Kind, Values

BASE_IMAGE: Final = "amdenterpriseai/aim-base:0.9"
"""What AMD's own examples serve weights of one's own with."""
TOKEN: Final = "HF_TOKEN"
_MODEL_ID: Final = r"[a-zA-Z0-9_-]+/[a-zA-Z0-9._-]+"


def are_own(values: Values) -> bool:
    """Whether it serves such weights, and no model that AIM Engine knows."""
    return model_step.origin(values) in (model_step.HUB, model_step.URI)


def of_hub(values: Values) -> bool:
    return model_step.origin(values) == model_step.HUB


def _model_id(text: str) -> str:
    return "" if re.fullmatch(_MODEL_ID, text) else "Of the form organisation/model: letters, digits, _ and -, and dots in the second part."


def _proposed_id(values: Values) -> str:
    if not are_own(values):
        return ""
    found = "/".join(model_step.named(values).rpartition("://")[2].strip("/").split("/")[-2:])
    return found if re.fullmatch(_MODEL_ID, found) else ""


FIELDS: Final = (
    Field(
        key="aim.base_image",
        label="Base image",
        default=BASE_IMAGE,
        required=True,
        check=spelling.image,
        wanted=are_own,
        help="It serves weights that are not its own.",
    ),
    Field(
        key="aim.model_id",
        label="Model id",
        required=True,
        check=_model_id,
        wanted=are_own,
        proposes=_proposed_id,
        help="Under which the weights are stored and served: organisation/model.",
    ),
    Field(key="aim.size", label="Size", check=answering.size, wanted=are_own, help="Of the weights, such as 64Gi. Empty: it is found out."),
    Field(
        key="aim.fetch",
        label="For fetching",
        kind=Kind.LINES,
        check=spelling.env_problem,
        keeps=lambda text, _: spelling.env_kept(text),
        wanted=are_own,
        help="Variables, as of S3: AWS_ENDPOINT_URL=…, AWS_ACCESS_KEY_ID <- secret NAME/KEY.",
    ),
)


def answers(draft: Draft, own: Group, hardware: HardwareAnswers) -> WeightsAnswers:
    """`own`: the group of these fields."""
    model = draft.group(model_step.STEP)
    secret = draft.answer(serving_step.STEP, "token_secret").strip() if of_hub(model) else ""
    token = (EnvAnswers(name=TOKEN, secret=KeyAnswers(name=secret, key=TOKEN)),) if secret else ()
    return WeightsAnswers(
        base_image=own["aim.base_image"].strip(),
        model_id=own["aim.model_id"].strip(),
        source_uri=fetched.uri(model),
        size=own["aim.size"].strip(),
        env=(*token, *spelling.env(own["aim.fetch"])),
        hardware=hardware,
    )


def texts(found: WeightsAnswers) -> Group:
    """The inverse, of these fields. Raises AnswersError for weights that AIM Engine does not fetch."""
    if not are_own(fetched.texts(found.source_uri)):
        raise unshowable(f"AIM Engine fetches from hf:// and s3://, not from {found.source_uri}")
    return {
        "aim.base_image": found.base_image,
        "aim.model_id": found.model_id,
        "aim.size": found.size,
        "aim.fetch": spelling.env_text(found.env[1:] if token_secret(found) else found.env),
    }


def token_secret(found: WeightsAnswers) -> str:
    """Name of the Secret with the Hub's token, when the first variable for fetching is that, as the form writes it; else ""."""
    first = next(iter(found.env), None)
    if first is None or first.secret is None or (first.name, first.secret.key) != (TOKEN, TOKEN):
        return ""
    return first.secret.name if of_hub(fetched.texts(found.source_uri)) else ""


SPOTS: Final = {"": "base_image", ".modelSources.modelId": "model_id", ".modelSources.size": "size", ".modelSources.env": "fetch"}
"""Below spec.model.custom -> which question answers for it."""
