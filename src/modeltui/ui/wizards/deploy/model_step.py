"""The first question: which model. Of the Hub, in a claim of the cluster, one that AIM Engine knows, or wherever a URI leads. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.catalog.entries import HUB_ID, ModelEntry
from modeltui.catalog.merged import Catalogs
from modeltui.catalog.rows import size
from modeltui.document import Line, line
from modeltui.systems.serving import known
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import spelling
from modeltui.ui.wizards.form import Field, Step, Values, choice

HUB: Final = "Hub repository"
CLAIM: Final = "claim in the cluster"
AIM: Final = "AIM model"
URI: Final = "URI"
"""Of an object store, or an image: what a system can fetch by itself (`SystemForm.schemes`)."""
ORIGINS: Final = (HUB, CLAIM, AIM, URI)

STEP: Final = "model"
HUB_LENGTH: Final = 96
"""Characters of a repository's name; huggingface_hub refuses longer ones before it asks."""
_GATED: Final = line("▲ Gated: its terms have to be accepted on the Hub, and a Secret with a token is needed.", "warn")


def origin(values: Values) -> str:
    return values.get("origin", HUB)


def _hub_id(text: str) -> str:
    if re.match(HUB_ID, text):
        too_long = any(len(part) > HUB_LENGTH for part in text.split("/"))
        return f"The Hub has no names of more than {HUB_LENGTH} characters." if too_long else ""
    if "://" in text:
        return "Without a scheme: organisation/model, as the Hub has it."
    return "A repository of the Hub is written organisation/model."


def _sub_path(text: str) -> str:
    parts = text.strip("/").split("/")
    return "A folder of the claim, such as llama/base: no empty part, and none that is .. or a dot." if {"", ".", ".."} & set(parts) else ""


def is_image(text: str) -> bool:
    """Of an AIM model: whether it is an image, since a name of an object has neither."""
    return "/" in text or ":" in text


def _aim_model(text: str) -> str:
    return spelling.image(text) if is_image(text) else answering.object_name(text)


def _uri(text: str) -> str:
    if any(character.isspace() for character in text):
        return "A URI has no spaces."
    scheme, mark, rest = text.partition("://")
    return "" if mark and scheme and rest.strip("/") else "With its scheme: s3://bucket/path, gs://bucket/path, oci://registry/image:tag."


def step(*, editing: bool) -> Step:
    """`editing`: the object exists, and what it serves may be fixed by its system; the checks say so."""
    return Step(
        key=STEP,
        title="Model",
        told_after="uri",
        fields=(
            choice("origin", "Model from", ORIGINS),
            Field(
                key="model",
                label="Model",
                required=True,
                suggests="catalog",
                check=_hub_id,
                wanted=lambda values: origin(values) == HUB,
                help="Of the catalog, or any repository: organisation/model.",
            ),
            Field(
                key="claim",
                label="Claim",
                required=True,
                suggests="claims",
                check=answering.object_name,
                wanted=lambda values: origin(values) == CLAIM,
                help="A PersistentVolumeClaim of the same namespace; those of Models that are ready are offered.",
            ),
            Field(
                key="path",
                label="Folder in it",
                check=_sub_path,
                wanted=lambda values: origin(values) == CLAIM,
                help="Empty: its root, where modelfs puts the files.",
            ),
            Field(
                key="aim_model",
                label="Model",
                required=True,
                suggests="AIM models",
                check=_aim_model,
                wanted=lambda values: origin(values) == AIM,
                help="An AIMModel of the namespace, an AIMClusterModel, or an AIM image: registry/name:tag.",
            ),
            Field(
                key="uri",
                label="URI",
                required=True,
                check=_uri,
                wanted=lambda values: origin(values) == URI,
                help="Where the weights are, such as s3://bucket/path.",
            ),
        ),
        intro="" if not editing else "What cannot be changed of an object that exists, the review says.",
    )


def named(values: Values) -> str:
    """What names are proposed from: the model in one text; "" as long as there is none."""
    said = {key: values.get(key, "").strip() for key in ("model", "claim", "path", "aim_model", "uri")}
    return {AIM: said["aim_model"], CLAIM: said["path"].strip("/") or said["claim"], URI: said["uri"].rstrip("/")}.get(
        origin(values), said["model"]
    )


def entry(catalogs: Catalogs, values: Values) -> ModelEntry | None:
    """What is known of it; None for what comes from elsewhere, or is in no catalog."""
    return catalogs.model(values.get("model", "").strip()) if origin(values) == HUB else None


def gated(catalogs: Catalogs, values: Values) -> bool:
    """Also of models in no catalog, whose publishers are known to ask for a token."""
    found = entry(catalogs, values)
    if found is not None:
        return found.access == "gated"
    return origin(values) == HUB and known.is_gated(values.get("model", "").strip()) is True


def about(catalogs: Catalogs, values: Values) -> list[Line]:
    """What the catalog says of it, below the question."""
    if origin(values) != HUB or not (typed := values.get("model", "").strip()) or _hub_id(typed):
        return []
    found = entry(catalogs, values)
    if found is None:
        told = [line("In no catalog, so nothing is known of its size, its licence or its engines.", "dim")]
        return [*told, *([_GATED] if gated(catalogs, values) else [])]
    context = f", context {found.context_length:,}" if found.context_length else ""
    memory = f", {found.gpu_memory} of GPU memory at least" if found.gpu_memory else ""
    told = [line(f"{found.title or found.id}: {size(found.parameters)} parameters{context}{memory}.", "dim")]
    runs = f" Runs on {', '.join(found.engines)}." if found.engines else ""
    told.append(line(f"Licence {found.licence or 'unknown'}.{runs}", "dim"))
    if found.access == "gated":
        told.append(_GATED)
    return [*told, *(line(note, "dim") for note in found.notes)]
