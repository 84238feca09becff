"""Which models one InferenceService may be told to serve, and what becomes of it: the model is swapped, the service stays. Pure.

There are two ways. An entry of the Model Manager's kind says how its model is run, so all of the model's container is replaced. Of a Hub
repository, or of weights in a claim, nobody says that: runtime, GPUs and what else the service has stay, and only what was about the
earlier model goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from modeltui.catalog.activations import Activation
from modeltui.catalog.entries import ModelEntry
from modeltui.catalog.merged import Catalogs
from modeltui.catalog.rows import origin
from modeltui.systems.kserve import edits, model_manager, swapping
from modeltui.systems.kserve.types import SERVICES, InferenceService
from modeltui.systems.manifest import Manifest
from modeltui.systems.modelfs.types import Model
from modeltui.systems.operations import NotPossible, Operation, Stage
from modeltui.systems.serving import owners

CHOOSES: Final = "activation"
"""What `Operation.chooses` says of the one that asks for a model."""
_READY: Final = "READY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One model that may be activated."""

    id: str
    """As it is typed, and as the service notes it: of an entry, a Hub repository, or the pvc:// URI of weights."""
    title: str = ""
    source: str
    """URI of the weights; "" when nothing says it."""
    origin: str
    """Where it is known from."""
    how: Activation | None = None
    """How it is run, when that is known."""
    entry: ModelEntry | None = None
    """What a catalog says of the model."""

    @property
    def gated(self) -> bool:
        return self.entry is not None and self.entry.access == "gated"


def choices(catalogs: Catalogs, models: Iterable[Model] = ()) -> list[Choice]:
    """Those that say how they are run first, then weights that are in claims of the namespace, then the Hub's."""
    return [*_entries(catalogs), *_weights(models, catalogs), *_of_the_hub(catalogs)]


def _entries(catalogs: Catalogs) -> Iterator[Choice]:
    for found in catalogs.activations.values():
        one = found.entry
        yield Choice(
            id=one.id,
            title=one.display_name or one.hf_model_id,
            source=model_manager.source(one),
            origin=origin(found),
            how=one,
            entry=catalogs.model(one.hf_model_id),
        )


def _of_the_hub(catalogs: Catalogs) -> Iterator[Choice]:
    for found in catalogs.models.values():
        one = found.entry
        yield Choice(id=one.id, title=one.title, source=f"hf://{one.id}", origin=origin(found), entry=one)


def _weights(models: Iterable[Model], catalogs: Catalogs) -> Iterator[Choice]:
    """Of Models whose weights are all there."""
    for model in sorted(models, key=lambda one: one.metadata.key):
        repositories = {version.name: version.repo for version in model.spec.versions}
        for synced in model.status.synced_versions:
            if synced.pvc_name and synced.phase.upper() == _READY:
                repository = repositories.get(synced.name, "")
                where = f"pvc://{synced.pvc_name}"
                origin = f"Model {model.metadata.name}, version {synced.name}"
                yield Choice(id=where, title=repository, source=where, origin=origin, entry=catalogs.model(repository))


def chosen(typed: str, among: Iterable[Choice]) -> Choice:
    """The one that is meant. Raises NotPossible: it is not among them."""
    known = {one.id.lower(): one for one in reversed([*among])}
    if (found := known.get(typed.strip().lower())) is not None:
        return found
    near = get_close_matches(typed.lower(), known, n=1)
    hint = f'did you mean "{known[near[0]].id}"?' if near else "`modeltui catalog` and `modeltui catalog activations` list them"
    raise NotPossible(f'no catalog and no Model of the namespace has "{typed}": {hint}')


def activated(choice: Choice, *, name: str, namespace: str, live: Mapping[str, Any] | None) -> Manifest:
    """The service with that model, started if it was stopped. Raises NotPossible."""
    if live is not None and (why_not := swapping.unlike(live)):
        raise NotPossible(f"The model of {name} cannot be swapped: {why_not}.")
    if choice.how is not None:
        return model_manager.activated(choice.how, name=name, namespace=namespace, live=live)
    if live is None:
        raise NotPossible(
            f"there is no InferenceService {name} in namespace {namespace}, and nothing says how {choice.id} is run: deploy it first, or "
            "activate an entry that says it (`modeltui catalog activations`)"
        )
    return swapping.swapped(live, id_=choice.id, uri=choice.source, context=choice.entry.context_length if choice.entry else None)


def activation(choice: Choice, *, name: str, namespace: str) -> Operation:
    """To be done with the service of that name."""
    return Operation(
        title=f"Activate {choice.id}",
        change=f"Activate {choice.id} on",
        word="activate",
        stages=(Stage(become=lambda live: activated(choice, name=name, namespace=namespace, live=live)),),
    )


def operations(service: InferenceService) -> Iterator[Operation]:
    """Another model; and of a service whose model was activated, taking that away."""
    yield Operation(
        title="Activate another model ...",
        change="Activate a model on",
        word="activate",
        chooses=CHOOSES,
        why_not=owners.overruled(service) or swapping.why_not(service.spec.predictor),
    )
    if service.metadata.annotations.model_id:
        yield Operation(
            title="Deactivate (takes all of its pods away; the model stays chosen)",
            change="Deactivate",
            word="deactivate",
            stages=(Stage(become=lambda live: edits.stopped(live, resource=SERVICES)),),
            why_not="it is deactivated" if service.metadata.stop else owners.overruled(service),
        )


def reactivation(service: InferenceService) -> Operation:
    """The model that it has, started again."""
    return Operation(
        title="Activate the model that it has",
        change="Activate the model of",
        word="activate",
        stages=(Stage(become=lambda live: edits.started(live, resource=SERVICES)),),
        why_not=owners.overruled(service) if service.metadata.stop else "it is active",
    )
