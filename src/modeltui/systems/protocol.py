"""What a managed system tells the console about itself.

A view is a table of one kind. Its `row` is a pure function from an object and what else is known (`Facts`) to a `Row`,
so that the screen, `modeltui get` and the tests all show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from modeltui.domain import Column, Finding, Row, RowKey
from modeltui.kube.errors import KubeError
from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import Pod
from modeltui.systems.operations import Operation
from modeltui.systems.serving.deployment import Deployment

ObjectType = type[Object]

IndexFunction = Callable[[Any], Iterable[str]]
"""Names the values under which an object is found, such as the source that a Model refers to. A module-level function:
its identity is the name of the index."""


class Facts(Protocol):
    """Read access to the objects that are known now: those of the view itself and the joined ones.

    The namespace "" means wherever they are; for kinds without a namespace it is the only one.
    """

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The object, or None when it is not there or not (yet) known: ask `known` for which."""

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]: ...

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        """The objects for which `index` names `value`, by namespace and name. As cheap as the answer is long."""

    def known(self, resource: Resource, namespace: str) -> bool:
        """Whether the list of that kind in that namespace is complete (live or stale, not denied or loading)."""


Unseen = Mapping[tuple[Resource, str], KubeError]
"""(resource, namespace, or "" for all or none) of what could not be read -> why."""

Consequences = Callable[[Any, Any, Facts, Unseen], Iterable[Finding]]
"""(the object as it is, as it becomes or None when it is deleted, what is known, what could not be read) -> what it costs."""

Operations = Callable[[Any, str, Facts], Iterable[Operation]]
"""(the object, the name of the part of it that is meant or "", what is known) -> in the order of a menu."""


Dependents = Callable[[Resource, Any, Facts], Iterable[RowKey]]
"""(the kind of a joined object, the object, what is known) -> the keys of the rows that it is behind."""

Examine = Callable[[Any, Facts], Iterable[Finding]]
"""(an object, what is known) -> what there is to say about it."""


def no_dependents(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    return ()


def _no_operations(obj: Any, part: str, facts: Facts) -> Iterable[Operation]:
    return ()


def _no_secrets(obj: Any) -> Iterable[str]:
    return ()


def _made_nothing(obj: Any, facts: Facts) -> Iterable[tuple[IndexFunction, str]]:
    return ()


def _status_conditions(obj: Any) -> Sequence[Condition]:
    return tuple(getattr(getattr(obj, "status", None), "conditions", ()))


def _true(condition: str) -> bool | None:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """What a kind whose objects serve models says besides its table. `serving.views.serving_view` makes the View of it."""

    read: Callable[[Any, Facts], Deployment]
    """(the object, what is known) -> the deployment that it is."""
    pods: Callable[[Pod], Iterable[str]]
    """Names of the objects of this kind that a pod belongs to, by its labels and owner references: never by its own name."""
    conditions: Callable[[Any], Sequence[Condition]] = _status_conditions
    good_when: Callable[[str], bool | None] = _true
    """Of a condition's type: the status that is good; None when neither is."""
    made: Callable[[Any, Facts], Iterable[tuple[IndexFunction, str]]] = _made_nothing
    """Of what the object had others make, whose pods are its pods, too: (an index function of pods, the name to look for). For pods that
    carry no sign of it, only of what stands between. `dependents` of its view then tells whose rows a pod touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One managed system: a line in the registry."""

    name: str
    """As its own documentation spells it: "KServe", "NVIDIA Dynamo"."""
    views: tuple[View, ...]
    """In the order in which they are offered."""
    home: str = ""
    """Where people read how to install it; "" when there is no such page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What can be shown as a table, whatever its rows are."""

    name: str
    """The command word and `get` argument: "models"."""
    title: str
    aliases: tuple[str, ...]
    """Other spellings: singular and short names. `plural.group` is understood without being listed."""
    columns: tuple[Column, ...]
    """Of a view the first is always `name`, the second `namespace`."""
    default_sort: str = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Table):
    """The table of a kind, one row for each object. Instances stand in `systems/<name>/views.py`, and in `systems/registry.py`."""

    resource: Resource
    type: ObjectType
    """The Struct that `resource` decodes into."""
    row: Callable[[Any, Facts], Row]
    joins: Mapping[Resource, ObjectType] = field(default_factory=dict)
    """Other kinds its rows need, in the same namespace; one that is denied or not installed only makes cells unknown. Its own kind
    stands here too when a row needs other objects of it."""
    dependents: Dependents = no_dependents
    """Keys of this view's rows that must be made anew because the joined object was added, changed or removed."""
    detail: str = ""
    """Name of the detail screen: "model", "source", "dataset"; "" for a kind that has none, and is shown as YAML."""
    examine: Examine | None = None
    """Everything to know about an object that is in the cluster: the traps of its spec, and what became of it."""
    check: Callable[[Mapping[str, Any], Facts], Iterable[Finding]] | None = None
    """The traps in a manifest that is about to be written, errors first."""
    consequences: Consequences | None = None
    """What hangs on an object, and what becomes of that when the object is changed or deleted: the data, the pods, the others
    that refer to it. Yields something whenever anything is lost, whatever is known."""
    operations: Operations = _no_operations
    """What can be done with an object beyond editing and deleting it."""
    evidence: Mapping[Resource, ObjectType] = field(default_factory=dict)
    """Kinds beyond `joins` that `examine` asks for, of the same namespace or of none. What is not known is not held against it."""
    secrets: Callable[[Any], Iterable[str]] = _no_secrets
    """Names of the Secrets that an object refers to, of which `examine` wants to know the keys."""
    elsewhere: frozenset[Resource] = frozenset()
    """Those of `joins` of which a row needs objects of other namespaces. Only the namespaces that are looked at are known."""
    serves: Serves | None = None
    """Of a kind whose objects serve models: they are rows of `deployments` too."""
    deployed: Callable[[Any, Facts], Row] | None = None
    """Its row among `deployments`, of a kind that serves and whose own table has other columns."""
    older: tuple[View, ...] = ()
    """The same kind as an older version of its API has it, newest first: for clusters that do not serve `resource.version`."""
    shows: Callable[[Any], bool] | None = None
    """Which objects of the kind are rows; the others are only facts. None means all, and makes this the view of the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Table):
    """One table of several kinds, all with the same columns. The last of them, `parent`, names what a row stands under, as "Kind name"."""

    parts: tuple[View, ...]
    main: str = ""
    """ "plural.group" of the kind whose rows have the key (namespace, name) as everywhere; those of the others end in theirs."""
    nothing: str
    """What is the case when the cluster has none of the kinds, as a title."""
