"""Names of the Secrets that an object refers to, each once. Pure.

Cluster-wide kinds are not among them: their Secrets are in AIM Engine's own namespace, which they do not name.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.config_types import AIMConfig
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import Source
from modeltui.systems.core.types import Env, Named


def of_service(service: AIMService) -> tuple[str, ...]:
    custom = service.spec.model.custom
    return _names(service.spec.env, custom.model_sources if custom is not None else (), service.spec.image_pull_secrets)


def of_model(model: AIMModel) -> tuple[str, ...]:
    env = (*model.spec.env, *chain.from_iterable(one.env for one in model.spec.custom_templates))
    return _names(env, model.spec.model_sources, model.spec.image_pull_secrets)


def of_template(template: AIMTemplate) -> tuple[str, ...]:
    return _names(template.spec.env, template.spec.model_sources, template.spec.image_pull_secrets)


def of_cache(cache: AIMTemplateCache) -> tuple[str, ...]:
    return _names(cache.spec.env, cache.spec.model_sources, cache.spec.image_pull_secrets)


def of_artifact(artifact: AIMArtifact) -> tuple[str, ...]:
    return _names(artifact.spec.env, (), artifact.spec.image_pull_secrets)


def of_config(config: AIMConfig) -> tuple[str, ...]:
    return _names(config.spec.env, (), ())


def of_nothing(obj: object) -> tuple[str, ...]:
    return ()


def _names(env: Iterable[Env], sources: Iterable[Source], pull: Iterable[Named]) -> tuple[str, ...]:
    variables = chain(env, chain.from_iterable(source.env for source in sources))
    keys = [one.value_from.secret_key_ref for one in variables if one.value_from is not None]
    named = [key.name for key in keys if key is not None]
    return tuple(dict.fromkeys(name for name in (*named, *(one.name for one in pull)) if name))
