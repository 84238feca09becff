"""Weights in a claim, for systems that are told a path: the claim is mounted, and the model lies below that. Pure both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from modeltui.catalog.entries import HUB_ID
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards.deploy import model_step
from modeltui.ui.wizards.draft import Group

MOUNT: Final = "/models"
"""Where the container sees a claim, unless somebody says otherwise."""


def path_of(model: Group, mount: str) -> str:
    """What the engine is told as its model, for one in a claim."""
    return "/".join(part for part in (mount.rstrip("/"), model["path"].strip().strip("/")) if part) or "/"


def model_texts(model: str, claim: str, mount: str) -> Mapping[str, str]:
    """The inverse: answers of the first step. Raises AnswersError for a model that is neither of the Hub nor below the mount."""
    if claim and (model == mount or model.startswith(f"{mount.rstrip('/')}/")):
        return {"origin": model_step.CLAIM, "claim": claim, "path": model.removeprefix(mount.rstrip("/")).strip("/")}
    if model and not re.match(HUB_ID, model):
        raise unshowable(f'its model "{model}" is neither of the Hub nor in its claim')
    return {"origin": model_step.HUB, "model": model}
