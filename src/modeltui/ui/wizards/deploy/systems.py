"""The systems that the form offers, in the order in which it does: a line each."""

from __future__ import annotations

from typing import Final

from modeltui.ui.wizards.deploy import aim_form, airunway_form, dynamo_form, dynamo_request_form, kaito_form, kserve_form, llm_form
from modeltui.ui.wizards.deploy.system_form import SystemForm

SYSTEMS: Final[tuple[SystemForm, ...]] = (
    dynamo_form.FORM,
    dynamo_request_form.FORM,
    airunway_form.FORM,
    aim_form.FORM,
    kserve_form.FORM,
    llm_form.FORM,
    kaito_form.WORKSPACE_FORM,
    kaito_form.SET_FORM,
)
