"""What a deployment is, whichever system runs it: the value that every system's `read` makes of its own kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modeltui.domain import Status
from modeltui.kube.resource import Resource


@dataclass(frozen=True, slots=True)
class Ref:
    """One object, by its resource and name; in the namespace of the deployment that names it, or in none."""

    resource: Resource
    name: str
    namespaced: bool = True

    def __str__(self) -> str:
        return f"{self.resource.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One scalable part of a deployment: pods that are made alike."""

    name: str
    role: str = ""
    """In the system's own word: "frontend", "worker", "prefill", "decode", "predictor", "router", "epp"; "" when it has none."""
    desired: int | None = None
    """Replicas asked for. None when that is not told: an autoscaler decides."""
    ready: int | None = None
    """None when the system does not say."""
    gpus: int | None = 0
    """Of one replica, all its nodes together. None when nobody says: a profile or a runtime decides, or a claim for devices."""
    engine: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where it answers. A Service is what a forward goes to; pods are found by `pods` where there is none."""

    url: str = ""
    """As the system tells it; "" when it tells none."""
    service: str = ""
    """Of the deployment's namespace; only when the system names it, or an object of it is known: never derived."""
    port: int = 0
    """Of the Service; without one, of the pods. 0: not known."""
    pods: Mapping[str, str] = field(default_factory=dict)
    """Labels of those pods that answer requests (the frontend of a graph); none means all pods of the deployment."""

    def __str__(self) -> str:
        """ "pods:8000" when nobody names a Service, and the pods themselves can be asked; "" when nothing is known."""
        where = self.service or ("pods" if self.port else "")
        return self.url or (f"{where}:{self.port}" if self.port else where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One object that serves models. Made by a system's pure `read(obj, facts)`; rows, details and verbs are made of it."""

    models: tuple[str, ...] = ()
    """What is served, as the spec names it: a Hub id, a URI, the name of a Model. Without base weights' duplicates."""
    served: tuple[str, ...] = ()
    """Names under which the API knows it, where the spec or the status says so; it need not be that of the model."""
    activated: str = ""
    """As what the model was chosen from a catalog, when the object notes that; "" when it does not."""
    engine: str = ""
    """vllm | sglang | trtllm | llamacpp | ... in lower case, as `catalogs/engines.yaml` spells it. "" when nobody says."""
    status: Status
    """Right where the system's own word lies; `raw` is that word."""
    components: tuple[Component, ...] = ()
    gpu_resource: str = ""
    """ "nvidia.com/gpu": of what `Component.gpus` counts. "" when there are none, or when nobody says."""
    endpoint: Endpoint | None = None
    """None when it cannot have one."""
    parent: Ref | None = None
    """What made it, when that is not to be seen in its controlling owner reference."""
    uses: tuple[Ref, ...] = ()
    """Objects that it names and needs: model, runtime, template, cache, claims, Secrets. For the lineage."""
    stopped: bool = False
    """Somebody wants no replicas of it: by the system's way to stop, or by zero replicas."""

    @property
    def desired(self) -> int | None:
        """Replicas of all components together; None when one does not say."""
        return _sum(component.desired for component in self.components)

    @property
    def ready(self) -> int | None:
        return _sum(component.ready for component in self.components)

    @property
    def gpus(self) -> int | None:
        """That it asks for when all replicas are there; None when it cannot be told."""
        return _sum(_product(component.desired, component.gpus) for component in self.components)


def _sum(numbers: Iterable[int | None]) -> int | None:
    found = list(numbers)
    told = [number for number in found if number is not None]
    return sum(told) if found and len(told) == len(found) else None


def _product(left: int | None, right: int | None) -> int | None:
    if left == 0 or right == 0:
        return 0
    return None if left is None or right is None else left * right
