"""The systems that the console knows: one line per system."""

from __future__ import annotations

from difflib import get_close_matches

from modeltui.kube.resource import Resource
from modeltui.systems import model_table
from modeltui.systems.aim.system import AIM
from modeltui.systems.airunway.system import AIRUNWAY
from modeltui.systems.dataset.views import DATASETS_VIEW
from modeltui.systems.dynamo.system import DYNAMO
from modeltui.systems.kaito.system import KAITO
from modeltui.systems.kserve.system import KSERVE
from modeltui.systems.modelfs.views import MODELS_VIEW, SHARES_VIEW, SOURCES_VIEW
from modeltui.systems.nim_operator.system import NIM_OPERATOR
from modeltui.systems.protocol import Merged, System, View
from modeltui.systems.serving.pod_view import pods_view
from modeltui.systems.serving.rows import DEPLOYMENT_COLUMNS
from modeltui.systems.serving.views import among_deployments

SYSTEMS: tuple[System, ...] = (
    System(name="modelfs", views=(MODELS_VIEW, SOURCES_VIEW)),
    System(name="BaizeAI Dataset", views=(DATASETS_VIEW, SHARES_VIEW)),
    AIM,
    DYNAMO,
    AIRUNWAY,
    KSERVE,
    KAITO,
    NIM_OPERATOR,
    System(name="Kubernetes", views=(pods_view(lambda: serving()),)),
)


def views() -> tuple[View, ...]:
    """Every table of one kind, in the order in which they are offered."""
    return tuple(view for system in SYSTEMS for view in system.views)


def system_of(view: View) -> System:
    """The one that a view is of, whichever version of its kind it shows. Raises LookupError for a view of none."""
    wanted = (view.resource.group, view.resource.kind)
    for system in SYSTEMS:
        if any((one.resource.group, one.resource.kind) == wanted for one in system.views):
            return system
    raise LookupError(f"no system has {view.resource.group_resource}")


def kinds() -> tuple[View, ...]:
    """One view for each kind: those that show all of it."""
    return tuple(view for view in views() if view.shows is None)


def kind_of(resource: Resource) -> View | None:
    """The view of a kind as that version of its API has it."""
    return next((one for view in kinds() for one in (view, *view.older) if one.resource == resource), None)


def examined() -> tuple[View, ...]:
    """The kinds of which there is something to say beyond their row."""
    return tuple(view for view in kinds() if view.examine is not None)


def serving() -> tuple[View, ...]:
    """Those whose objects serve models: together they are the table of deployments."""
    return tuple(view for view in views() if view.serves is not None)


def deployments() -> Merged:
    """All that serves models, whichever system runs it."""
    return Merged(
        name="deployments",
        title="Deployments",
        aliases=("deployment", "deploy", "dp", "serving"),
        columns=DEPLOYMENT_COLUMNS,
        parts=tuple(among_deployments(view) for view in serving()),
        nothing="No system that serves models is installed in this cluster",
    )


def models() -> Merged:
    """modelfs's Models, and what else the cluster keeps models as. Where it keeps no others, they are a table of their own."""
    return Merged(
        name=MODELS_VIEW.name,
        title=MODELS_VIEW.title,
        aliases=MODELS_VIEW.aliases,
        columns=model_table.COLUMNS,
        default_sort=MODELS_VIEW.default_sort,
        parts=model_table.PARTS,
        main=MODELS_VIEW.resource.group_resource,
        nothing="No system that keeps models is installed in this cluster",
    )


def table(word: str) -> View | Merged | None:
    """As `find`, and the tables of several kinds."""
    merged = deployments()
    if word.lower() in (merged.name, *merged.aliases):
        return merged
    found = find(word)
    return models() if found is MODELS_VIEW else found


def tables() -> tuple[View | Merged, ...]:
    """All of them, in the order in which they are offered."""
    first, second, *others = (models() if view is MODELS_VIEW else view for view in views())
    return (first, second, deployments(), *others)


def find(word: str) -> View | None:
    """The view that a person means: by name, alias, plural, kind or `plural.group`, in any case."""
    return next((view for view in views() if word.lower() in words(view)), None)


def words(view: View) -> frozenset[str]:
    """Everything `find` knows a view by, in lower case. The names of a kind mean the view that shows all of it."""
    if view.shows is not None:
        return frozenset({view.name, *view.aliases})
    resource = view.resource
    return frozenset({view.name, *view.aliases, resource.plural, resource.group_resource.lower(), resource.kind.lower()})


def suggestion(word: str) -> str:
    """The nearest view's name to a word that is none; "" when nothing is near."""
    known = {spelling: view.name for view in views() for spelling in words(view)}
    known |= {spelling: deployments().name for spelling in (deployments().name, *deployments().aliases)}
    near = get_close_matches(word.lower(), known, n=1)
    return known[near[0]] if near else ""
