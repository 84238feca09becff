"""What can be asked of KServe: a model on a runtime, or vLLM with a router in front."""

from __future__ import annotations

from typing import Final

from modeltui.systems.deploying import Deployable, Older
from modeltui.systems.kserve import llm_manifests, manifests, names
from modeltui.systems.kserve.answers import InferenceAnswers, LlmAnswers
from modeltui.systems.kserve.views import LLM_VIEW, SERVICES_VIEW

SERVICE: Final = Deployable(
    word="kserve",
    title="KServe",
    view=SERVICES_VIEW,
    answers=InferenceAnswers,
    manifest=manifests.service,
    answers_of=manifests.answers_of,
    propose=names.propose,
    name_problem=names.service_problem,
)
LLM_SERVICE: Final = Deployable(
    word="llm",
    title="KServe, LLMInferenceService",
    view=LLM_VIEW,
    answers=LlmAnswers,
    manifest=llm_manifests.service,
    answers_of=llm_manifests.answers_of,
    propose=names.propose,
    name_problem=names.llm_problem,
    older=tuple(Older(view=one, manifest=llm_manifests.older_service, answers_of=llm_manifests.answers_of) for one in LLM_VIEW.older),
)
