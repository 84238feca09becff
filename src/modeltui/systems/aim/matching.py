"""Which model a service means: by name, by image, or one made earlier from the same weights. Pure, as AIM Engine looks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from modeltui.redaction import redact_text
from modeltui.systems.aim.model_types import AIMModel
from modeltui.systems.aim.service_types import CustomModel, ServiceSpec
from modeltui.systems.aim.types import CLUSTER_MODELS, MODELS, Source
from modeltui.systems.core.types import Env
from modeltui.systems.protocol import Facts

ENDPOINT: Final = "AWS_ENDPOINT_URL"


def candidates(spec: ServiceSpec, namespace: str, facts: Facts) -> list[AIMModel]:
    """Those that are there; several only for an image that several models have, which is an error."""
    choice = spec.model
    if choice.name:
        return named(choice.name, namespace, facts)[:1]
    if choice.image:
        return with_image(choice.image, namespace, facts)
    found = like(choice.custom, namespace, facts) if choice.custom is not None else None
    return [found] if found is not None else []


def named(name: str, namespace: str, facts: Facts) -> list[AIMModel]:
    """Of the namespace first: it wins over one of the cluster."""
    found = (facts.get(MODELS, namespace, name), facts.get(CLUSTER_MODELS, "", name))
    return [model for model in found if isinstance(model, AIMModel)]


def with_image(image: str, namespace: str, facts: Facts) -> list[AIMModel]:
    wanted = image.strip()
    every = (*facts.all(MODELS, namespace), *facts.all(CLUSTER_MODELS, ""))
    return [model for model in every if isinstance(model, AIMModel) and model.spec.image == wanted]


def like(custom: CustomModel, namespace: str, facts: Facts) -> AIMModel | None:
    """A model of the namespace with this image and these weights. Its hardware is not compared: that of the first one made counts."""
    for model in sorted(facts.all(MODELS, namespace), key=lambda one: one.metadata.name):
        if isinstance(model, AIMModel) and model.spec.image == custom.base_image and same(model.spec.model_sources, custom.model_sources):
            return model
    return None


def same(left: Sequence[Source], right: Sequence[Source]) -> bool:
    return [_identity(one) for one in left] == [_identity(one) for one in right]


def _identity(source: Source) -> tuple[str, str, str]:
    return source.model_id, source.source_uri, value_of(source.env, ENDPOINT)


def value_of(env: Iterable[Env], name: str) -> str:
    """Written in the object itself; "" for one that comes from a Secret."""
    return next((variable.value for variable in env if variable.name == name), "")


def endpoint(sources: Sequence[Source], env: Iterable[Env]) -> str:
    """The store of weights from S3 as the download is told of it; the Secret's key where it comes from one. "" is Amazon's own, and that
    of other weights. Never a secret: an address, or the name of where it stands."""
    if not any(source.source_uri.startswith("s3://") for source in sources):
        return ""
    every = [variable for source in sources for variable in source.env] + list(env)
    said = next((variable for variable in every if variable.name == ENDPOINT), None)
    if said is None or said.value_from is None:
        return redact_text(said.value) if said is not None else ""
    key = said.value_from.secret_key_ref or said.value_from.config_map_key_ref
    return f"key {key.key} of {key.name}" if key is not None else "told elsewhere"


def models_known(namespace: str, facts: Facts) -> bool:
    """Whether a model that is not found is not there: both scopes have been listed."""
    return facts.known(MODELS, namespace) and facts.known(CLUSTER_MODELS, "")
