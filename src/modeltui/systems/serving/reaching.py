"""How a deployment, a Service or a pod is reached: which pods a forward leads to, and whose proxy of the API server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import NotFound
from modeltui.kube.forward_target import ForwardPod, Target
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core import quantity
from modeltui.systems.core.types import PODS, SERVICES, Pod, Service, ServicePort
from modeltui.systems.serving.deployment import Deployment, Endpoint
from modeltui.systems.serving.named import Found, find
from modeltui.systems.serving.pods import is_ready

T = TypeVar("T", bound=Object)


class NotReachable(Exception):
    """`str(error)` is one sentence that says what to give instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    title: str
    """As people call it: "InferenceService qwen", "svc/llm"."""
    namespace: str
    target: Target
    """For a forward."""
    plural: str
    """ "services" or "pods": of what `name` is, for the API server's proxy."""
    name: str
    """"" when there is no Service, and no pod that is ready."""
    port: int | str
    """Of the Service, or of the pod."""
    served: tuple[str, ...] = ()
    """Names under which the API knows the model, where the deployment tells."""

    @property
    def kubectl(self) -> str:
        """As `kubectl port-forward` takes it."""
        return f"{'svc' if self.plural == 'services' else 'pod'}/{self.name}"


async def resolve(client: Client, discovery: Discovery, namespace: str, typed: str, port: str = "") -> Reached:
    """`typed`: "qwen" or "isvc/qwen" for a deployment, "svc/NAME", "pod/NAME". `port`: a number or a name; "" for the usual one.

    Raises NotReachable, `named.NotFoundByName`, and KubeError.
    """
    kind, _, name = typed.rpartition("/")
    if kind.lower() in _SERVICE_WORDS:
        service = await _get(client, SERVICES, Service, namespace, name)
        return of_service(service, port, title=f"svc/{name}")
    if kind.lower() in _POD_WORDS:
        return of_pod(await _get(client, PODS, Pod, namespace, name), port)
    found = await find(client, discovery, namespace, typed)
    endpoint = found.deployment.endpoint
    service_of = await _get(client, SERVICES, Service, namespace, endpoint.service) if endpoint is not None and endpoint.service else None
    return of_deployment(found, service_of, port)


_SERVICE_WORDS = ("svc", "service", "services")
_POD_WORDS = ("po", "pod", "pods")


async def _get(client: Client, resource: Resource, kind: type[T], namespace: str, name: str) -> T:
    try:
        return await client.get(resource.path(namespace, name), kind)
    except NotFound as error:
        raise NotReachable(f"there is no {resource.kind} {name} in namespace {namespace}") from error


def of_service(service: Service, port: str, *, title: str, served: tuple[str, ...] = ()) -> Reached:
    """Raises NotReachable."""
    name, namespace = service.metadata.name, service.metadata.namespace
    if not service.spec.selector:
        raise NotReachable(f"Service {name} selects no pods, so nothing can be forwarded to: give pod/NAME")
    chosen = _port(service, port)
    target = Target(
        title=title,
        namespace=namespace,
        port=chosen.target_port or chosen.port,
        selector=_selector(service.spec.selector),
    )
    return Reached(title=title, namespace=namespace, target=target, plural="services", name=name, port=chosen.port, served=served)


def _port(service: Service, wanted: str) -> ServicePort:
    ports = service.spec.ports
    told = ", ".join(f"{each.port} ({each.name})" if each.name else str(each.port) for each in ports) or "none"
    if wanted:
        found = next((each for each in ports if wanted in (str(each.port), each.name)), None)
        if found is None:
            raise NotReachable(f"Service {service.metadata.name} has no port {wanted}: there are {told}")
        return found
    if len(ports) == 1:
        return ports[0]
    found = next((each for each in ports if each.name in ("http", "http1")), None)
    if found is None:
        raise NotReachable(f"Service {service.metadata.name} has several ports: say which with --port ({told})")
    return found


def of_pod(pod: Pod, port: str) -> Reached:
    """Raises NotReachable."""
    name, namespace = pod.metadata.name, pod.metadata.namespace
    number = _pod_port(pod, port)
    # Its own labels narrow down which pods have to be watched for it to come back.
    target = Target(title=f"pod/{name}", namespace=namespace, port=number, selector=_selector(pod.metadata.labels), pod=name)
    return Reached(title=f"pod/{name}", namespace=namespace, target=target, plural="pods", name=name, port=number)


def _pod_port(pod: Pod, wanted: str) -> int:
    ports = [port for container in pod.spec.containers for port in container.ports if port.container_port]
    if (number := quantity.whole(wanted)) is not None:
        return number
    told = ", ".join(f"{each.container_port} ({each.name})" if each.name else str(each.container_port) for each in ports)
    if wanted:
        found = next((each for each in ports if each.name == wanted), None)
        if found is None:
            raise NotReachable(f'pod {pod.metadata.name} has no port named "{wanted}"' + (f": there are {told}" if told else ""))
        return found.container_port
    if len(ports) == 1:
        return ports[0].container_port
    found = next((each for each in ports if each.name in ("http", "http1")), None)
    if found is None:
        what = f"has several ports ({told})" if ports else "names no port"
        raise NotReachable(f"pod {pod.metadata.name} {what}: say which with --port")
    return found.container_port


def of_deployment(found: Found, service: Service | None, port: str) -> Reached:
    """Through its Service where there is one that leads to pods, else to its pods themselves. Raises NotReachable."""
    deployment, obj = found.deployment, found.obj
    title = f"{found.view.resource.kind} {obj.metadata.name}"
    if deployment.endpoint is None:
        raise NotReachable(f"{title} answers no requests: it has no endpoint")
    if service is not None and service.spec.selector and (not port or _has(service, port)):
        return of_service(service, port or _told(service, deployment.endpoint), title=title, served=deployment.served)
    return _of_pods(found, deployment, deployment.endpoint, title, port)


def _has(service: Service, port: str) -> bool:
    return any(port in (str(each.port), each.name) for each in service.spec.ports)


def _told(service: Service, endpoint: Endpoint) -> str:
    """The port that the system tells, when the Service has it."""
    return str(endpoint.port) if _has(service, str(endpoint.port)) else ""


def _of_pods(found: Found, deployment: Deployment, endpoint: Endpoint, title: str, port: str) -> Reached:
    obj = found.obj
    namespace = obj.metadata.namespace
    told = quantity.whole(port)
    number: int | str = told if told is not None else port or (endpoint.port if not endpoint.service else 0)
    if not number:
        raise NotReachable(f"it is not known at which port {title} answers: say it with --port")
    made = [(found.serves.pods, obj.metadata.name), *found.serves.made(obj, found.facts)]

    def mine(pod: ForwardPod) -> bool:
        labelled = Pod(metadata=pod.metadata)
        return any(name in names(labelled) for names, name in made)

    target = Target(title=title, namespace=namespace, port=number, selector=_selector(endpoint.pods), includes=mine)
    ready = [pod for pod in found.pods or () if is_ready(pod) and _carries(pod.metadata.labels, endpoint.pods)]
    name = min((pod.metadata.name for pod in ready), default="")
    return Reached(title=title, namespace=namespace, target=target, plural="pods", name=name, port=number, served=deployment.served)


def _carries(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in wanted.items())


def _selector(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
