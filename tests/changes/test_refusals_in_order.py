"""An API server that applies names one unknown field, now this one, now that: what is shown does not depend on which."""

from __future__ import annotations

from typing import Any

import pytest
from objects import MODELS, model

from modeltui.changes import review
from modeltui.changes.plan import Step
from modeltui.kube import errors

ALL = 'strict decoding error: unknown field "spec.colour", unknown field "spec.shape"'


@pytest.mark.parametrize("named", ["colour", "shape"])
async def test_unknown_fields_stand_in_one_order(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    async def create_only(*_: Any, **__: Any) -> None:
        raise errors.BadRequest(f'Model in version "v1" cannot be handled as a Model: {ALL}', status=400, reason="BadRequest")

    monkeypatch.setattr(review, "create_only", create_only)
    told = f"failed to create typed patch object (a/m; model.samzong.dev/v1, Kind=Model): .spec.{named}: field not declared in schema"
    step = Step.create(MODELS, model("team-a", "m", colour="red", shape="round"))
    client: Any = None  # nothing else is asked
    found = await review.all_refusals(client, step, errors.ServerError(told, status=500))
    assert [refusal.field for refusal in found] == ["spec.colour", "spec.shape"]
