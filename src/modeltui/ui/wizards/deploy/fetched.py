"""Weights that a system fetches by itself, told by one URI: of the Hub, of a claim, of an object store, of an image. Pure both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping

from modeltui.catalog.entries import HUB_ID
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards.deploy import model_step
from modeltui.ui.wizards.draft import Group


def uri(model: Group) -> str:
    """What answers of the first step mean."""
    match model_step.origin(model):
        case model_step.HUB:
            return f"hf://{model['model'].strip()}"
        case model_step.CLAIM:
            return "/".join(part for part in (f"pvc://{model['claim'].strip()}", model["path"].strip().strip("/")) if part)
    return model["uri"].strip()


def texts(found: str) -> Mapping[str, str]:
    """The inverse. Raises AnswersError for weights that no URI names: they lie in an image, or an argument names them."""
    if not found:
        raise unshowable("no URI says where its weights are")
    scheme, _, rest = found.partition("://")
    if scheme == "hf" and re.match(HUB_ID, rest):
        return {"origin": model_step.HUB, "model": rest}
    claim, _, path = rest.partition("/")
    of_claim = {"origin": model_step.CLAIM, "claim": claim, "path": path}
    return of_claim if scheme == "pvc" and uri(of_claim) == found else {"origin": model_step.URI, "uri": found}


def field(model: Group) -> str:
    """Which answer of the first step the URI was made of."""
    return {model_step.HUB: "model", model_step.CLAIM: "claim"}.get(model_step.origin(model), "uri")
