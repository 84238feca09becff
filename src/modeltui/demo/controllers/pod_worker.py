"""One look of the kubelet at one Pod: brings its containers nearer to what is wanted, says what happened, and when to look again."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers import container_states as states
from modeltui.demo.controllers import footprint, images, pod_conditions, probes, server_logs
from modeltui.demo.controllers.environment import environment, volume_problem
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.failures import told
from modeltui.demo.controllers.kinds import CLAIMS, NODES, PODS, SECRETS
from modeltui.demo.controllers.model_server import model_server
from modeltui.demo.controllers.pod_index import ENDED, index
from modeltui.demo.controllers.program import Ending, Program, Situation, stamped
from modeltui.demo.controllers.programs import program
from modeltui.demo.controllers.scheduling import number
from modeltui.demo.controllers.storage import claims_of_pod
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object

KUBELET: Final = "kubelet"
STARTING: Final = 2.0
"""Seconds from node to the first container."""
PULL_SPEED: Final = 500e6
"""Bytes of an image in a second."""
RETRY: Final = 20.0
"""Seconds until a missing Secret is looked for again."""
TALKS: Final = 60.0
"""Seconds from one line of statistics to the next."""
LOOKED_AT: Final = 20.0
"""Real seconds from one look at a server's statistics to the next, at the least."""


@dataclass(slots=True)
class Memory:
    """What a kubelet knows of a Pod besides its status, which has whole seconds only; made up from that when it is new."""

    uid: str
    moments: dict[str, datetime] = field(default_factory=dict)
    """When something began, by what."""
    programs: dict[str, tuple[int, Program]] = field(default_factory=dict)
    """By container, for the start with that number."""
    said: dict[str, float] = field(default_factory=dict)
    """By container: seconds after its start up to which its lines are written."""


class PodWorker:
    def __init__(self, api: Api, pod: Object, memory: Memory, *, seed: int, pace: float) -> None:
        self._api, self._pod, self._memory, self._seed, self._pace = api, pod, memory, seed, pace
        self._status: Object = copied(pod.get("status") or {})
        self._policy = str(pod["spec"].get("restartPolicy", "Always"))
        self._due: list[float] = []
        self._events: list[tuple[str, str, str, str]] = []
        """(type, reason, message, container)"""

    def step(self) -> float | None:
        """Seconds of cluster time until the next look, or None."""
        self._work()
        self._settle()
        return min(self._due, default=None)

    # the pod -------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        self._begin()
        left = STARTING - self._elapsed("pod", clock.parse(self._status["startTime"]))
        if left > 0 and not self._status.get("podIP"):
            self._due.append(left)
            return
        if not self._running() and (problem := volume_problem(self._api, self._pod)):
            self._repeat("mount", "FailedMount", problem)
            return
        if not self._status.get("podIP"):
            self._give_address()
        if not self._initialize():
            return
        for position, container in enumerate(self._pod["spec"]["containers"]):
            self._advance("containerStatuses", position, container)

    def _begin(self) -> None:
        """The first status: everything waits."""
        if self._status.get("startTime"):
            return
        self._memory.moments["pod"] = clock.now()
        spec = self._pod["spec"]
        reason = "PodInitializing" if spec.get("initContainers") else "ContainerCreating"
        self._status |= {"phase": "Pending", "hostIP": self._host(), "startTime": clock.stamp(clock.now())}
        self._status["hostIPs"] = [{"ip": self._status["hostIP"]}]
        self._status["containerStatuses"] = [states.fresh(each, reason=reason) for each in spec["containers"]]
        if spec.get("initContainers"):
            self._status["initContainerStatuses"] = [states.fresh(each, reason="PodInitializing") for each in spec["initContainers"]]

    def _running(self) -> bool:
        return any("running" in each["state"] for each in self._status["containerStatuses"])

    def _initialize(self) -> bool:
        """Runs the init containers one after the other; whether the others may start."""
        for position, container in enumerate(self._pod["spec"].get("initContainers") or []):
            self._advance("initContainerStatuses", position, container)
            now = self._status["initContainerStatuses"][position]
            if container.get("restartPolicy") == "Always":
                if not now["started"]:
                    return False
            elif (now["state"].get("terminated") or {}).get("exitCode") != 0:
                return False
        return True

    def _host(self) -> str:
        node = self._node() or {}
        addresses = (node.get("status") or {}).get("addresses") or []
        found = next((str(each["address"]) for each in addresses if each["type"] == "InternalIP"), "")
        return found or f"10.0.0.{10 + sum(self._pod['spec']['nodeName'].encode()) % 50}"

    def _node(self) -> Object | None:
        return self._api.find(NODES, self._pod["spec"]["nodeName"])

    def _give_address(self) -> None:
        name = self._pod["spec"]["nodeName"]
        node = self._node() or {}
        ours = (node.get("spec") or {}).get("podCIDR") or f"10.44.{sum(name.encode()) % 256}.0/24"
        taken = index(self._api).addresses(name)
        free = (str(each) for each in list(ipaddress.ip_network(ours).hosts())[1:] if str(each) not in taken)
        # A node with more pods than its network has addresses: a cluster of a test.
        spare = ipaddress.ip_address("10.128.0.0") + int(self._memory.uid.replace("-", "")[:5] or "0", 16)
        address = next(free, str(spare))
        self._status |= {"podIP": address, "podIPs": [{"ip": address}]}

    def _settle(self) -> None:
        """Phase and conditions from the containers; written when they differ, and then the events."""
        self._status["phase"] = states.phase(self._pod, self._status)
        conditions = pod_conditions.of_containers(self._pod, self._status)
        self._status["conditions"] = pod_conditions.renewed(self._status, conditions)
        self._status.setdefault("qosClass", "BestEffort")
        if self._status != self._pod.get("status"):
            self._api.update(PODS, {**self._pod, "status": self._status}, manager=KUBELET, subresource="status")
        if self._status["phase"] in ENDED:
            self._due.clear()
        host = self._pod["spec"]["nodeName"]
        inits = {each["name"] for each in self._pod["spec"].get("initContainers") or []}
        for type_, reason, message, name in self._events:
            path = f"spec.{'initContainers' if name in inits else 'containers'}{{{name}}}" if name else ""
            record(self._api, self._pod, type=type_, reason=reason, message=message, component=KUBELET, field_path=path, host=host)

    def _tell(self, reason: str, message: str, container: str = "", *, warning: bool = False) -> None:
        self._events.append(("Warning" if warning else "Normal", reason, message, container))

    def _repeat(self, what: str, reason: str, message: str, container: str = "") -> None:
        """A warning that is told again with every further try."""
        left = RETRY - self._elapsed(what, None)
        if left > 0:
            self._due.append(left)
            return
        self._memory.moments[what] = clock.now()
        self._tell(reason, message, container, warning=True)
        self._due.append(RETRY)

    def _elapsed(self, what: str, otherwise: datetime | None) -> float:
        """Seconds of cluster time since then; without a moment to begin with: for ever."""
        since = self._memory.moments.get(what) or otherwise
        if since is None:
            return float("inf")
        self._memory.moments.setdefault(what, since)
        return (clock.now() - since).total_seconds() * self._pace

    # a container ---------------------------------------------------------------------------------------------------

    def _advance(self, part: str, position: int, container: Object) -> None:
        """One container, from wherever it is."""
        now = self._status[part][position]
        init = part == "initContainerStatuses"
        if "running" in now["state"]:
            now = self._follow(container, now, init=init)
        policy = "Always" if container.get("restartPolicy") == "Always" else self._policy
        if init and policy == "Always" and container.get("restartPolicy") != "Always":
            policy = "OnFailure"
        end = states.ended(now)
        if "running" not in now["state"] and (end is None or states.restarts(end, policy)):
            now = self._start(container, now, end)
        self._status[part][position] = now

    def _start(self, container: Object, now: Object, end: Object | None) -> Object:
        """Starts it, or says what it waits for."""
        name = container["name"]
        if end is not None:
            left = states.backoff(now) - self._elapsed(f"end/{name}/{now['restartCount']}", clock.parse(end["finishedAt"]))
            if left > 0:
                self._due.append(left)
                if (now["state"].get("waiting") or {}).get("reason") != "CrashLoopBackOff":
                    metadata = self._pod["metadata"]
                    where = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
                    self._tell("BackOff", f"Back-off restarting failed container {name} in pod {where}", name, warning=True)
                return states.crash_loop(now, self._pod)
        waits = self._pull(container, now) if end is None else None
        if waits is not None:
            return waits
        found = environment(self._api, self._pod, container)
        if found.problem:
            self._repeat(f"config/{name}", "Failed", f"Error: {found.problem}", name)
            return states.waiting(now, "CreateContainerConfigError", found.problem)
        return self._run(container, now, found.values)

    def _run(self, container: Object, now: Object, env: Mapping[str, str]) -> Object:
        name, metadata = container["name"], self._pod["metadata"]
        now = states.running(now, container, uid=metadata["uid"], at=clock.now())
        if now["restartCount"]:
            self._api.logs.restart(metadata["namespace"], metadata["name"], name)
        self._tell("Created", f"Created container: {name}", name)
        self._tell("Started", f"Started container {name}", name)
        self._memory.moments[f"start/{name}/{now['restartCount']}"] = clock.now()
        self._memory.programs[name] = (now["restartCount"], self._program(container, now["restartCount"], env))
        self._memory.said[name] = -1.0
        return self._follow(container, now, init=container in (self._pod["spec"].get("initContainers") or []))

    def _program(self, container: Object, count: int, env: Mapping[str, str]) -> Program:
        node, metadata = self._node(), self._pod["metadata"]
        situation = Situation(
            pod=self._pod,
            container=container,
            server=model_server(container),
            env=env,
            gpus=footprint.gpus(container),
            card=footprint.card_memory(node) if node is not None else None,
            room=self._room(),
        )
        again = f"/{count}" if count else ""
        return program(situation, seed=f"{self._seed}/{metadata['namespace']}/{metadata['name']}{again}")

    def _room(self) -> float | None:
        """Bytes of the first claimed volume."""
        for namespace, name in claims_of_pod(self._api, self._pod):
            claim = self._api.find(CLAIMS, name, namespace=namespace) or {}
            size = ((claim.get("status") or {}).get("capacity") or {}).get("storage")
            return number(size) if size else None
        return None

    def _follow(self, container: Object, now: Object, *, init: bool) -> Object:
        """What a running container has done since the last look."""
        name, count = container["name"], now["restartCount"]
        began = clock.parse(now["state"]["running"]["startedAt"])
        elapsed = self._elapsed(f"start/{name}/{count}", began)
        known = self._memory.programs.get(name)
        if known is None or known[0] != count:
            env = environment(self._api, self._pod, container).values
            known = self._memory.programs[name] = (count, self._program(container, count, env))
        runs, end = known[1], known[1].end
        if (killed := probes.kill(container, runs)) is not None:
            end = Ending(killed.after, 137, "Error")
        self._speak(container, runs, elapsed if end is None else min(elapsed, end.after))
        if end is not None and elapsed >= end.after:
            return self._finish(container, now, end, killed, elapsed=elapsed, init=init)
        ready = runs.ready is not None and elapsed >= runs.ready and (killed is None or killed.after > elapsed)
        started = ready or "startupProbe" not in container
        self._asked(container, runs, elapsed)
        self._due += [at - elapsed for at in (runs.ready, end.after if end else None) if at is not None and at > elapsed]
        return {**now, "ready": ready and (not init or container.get("restartPolicy") == "Always"), "started": started}

    def _finish(self, container: Object, now: Object, end: Ending, killed: probes.Kill | None, *, elapsed: float, init: bool) -> Object:
        name, metadata = container["name"], self._pod["metadata"]
        if killed is not None:
            self._tell("Unhealthy", probes.refused(container, killed.probe, self._status.get("podIP", "")), name, warning=True)
            self._tell("Killing", f"Container {name} failed {killed.probe} probe, will be restarted", name)
        at = clock.now() - timedelta(seconds=(elapsed - end.after) / self._pace)
        self._memory.moments[f"end/{name}/{now['restartCount']}"] = at
        now = states.terminated(now, end, at=at, keeps_ready=init)
        if self._policy == "Never" or (end.good and (init or self._policy == "OnFailure")):
            self._api.logs.end(metadata["namespace"], metadata["name"], name)
        return now

    def _asked(self, container: Object, runs: Program, elapsed: float) -> None:
        """The readiness probe of a server that still loads: it is told once for each start."""
        first = probes.first_readiness(container)
        if first is None or (runs.ready is not None and runs.ready <= first):
            return
        what = f"unready/{container['name']}/{self._memory.programs[container['name']][0]}"
        if elapsed < first:
            self._due.append(first - elapsed)
        elif what not in self._memory.moments and (runs.ready is None or elapsed < runs.ready):
            self._memory.moments[what] = clock.now()
            self._tell("Unhealthy", probes.refused(container, "readiness", self._status.get("podIP", "")), container["name"], warning=True)

    def _speak(self, container: Object, runs: Program, elapsed: float) -> None:
        """Writes the lines that are due to the log."""
        name, metadata = container["name"], self._pod["metadata"]
        where = (metadata["namespace"], metadata["name"], name)
        said = self._memory.said.get(name)
        if said is None:
            last = self._api.logs.read(*where, tail=1)
            began = self._memory.moments[f"start/{name}/{self._memory.programs[name][0]}"]
            said = (last[0].at - began).total_seconds() * self._pace if last else -1.0
        due = [line for line in runs.lines if said < line[0] <= elapsed] + self._statistics(container, runs, said, elapsed)
        for at, text in due:
            moment = clock.now() - timedelta(seconds=(elapsed - at) / self._pace)
            self._api.logs.append(*where, stamped(text, moment), at=moment)
        self._memory.said[name] = max(said, elapsed)
        self._due += [at - elapsed for at, _ in runs.lines if at > elapsed][:1]

    def _statistics(self, container: Object, runs: Program, said: float, elapsed: float) -> list[tuple[float, str]]:
        """The lines of the periods that ended since; of a long time that nobody looked, the last few."""
        server = model_server(container) if runs.talks else None
        if server is None or runs.ready is None or elapsed < runs.ready:
            return []
        self._due.append(max(TALKS, LOOKED_AT * self._pace))
        metadata = self._pod["metadata"]
        first, last = int(max(said, runs.ready) // TALKS) + 1, int(elapsed // TALKS)
        periods = range(max(first, last - 20), last + 1)
        lines = [(TALKS * each, server_logs.chatter(server, period=each, seed=f"{self._seed}/{metadata['name']}")) for each in periods]
        return [line for line in lines if line[1]]

    # images --------------------------------------------------------------------------------------------------------

    def _pull(self, container: Object, now: Object) -> Object | None:
        """What the container waits for while its image is not there; None when it is."""
        name, image = container["name"], container["image"]
        if f"pulled/{name}/{image}" in self._memory.moments:  # and then it waited for something else
            return None
        if problem := self._pull_problem(container):
            return self._unpullable(container, now, problem)
        present = index(self._api).has_image(self._pod["spec"]["nodeName"], images.reference(image))
        policy = container.get("imagePullPolicy", "IfNotPresent")
        if present and policy != "Always":
            self._tell("Pulled", f'Container image "{image}" already present on machine', name)
            self._memory.moments[f"pulled/{name}/{image}"] = clock.now()
            return None
        size = images.size(image)
        seconds = 0.4 if present else 0.5 + size / PULL_SPEED
        what = f"pull/{name}"
        if what not in self._memory.moments:
            self._memory.moments[what] = clock.now()
            self._tell("Pulling", f'Pulling image "{image}"', name)
        left = seconds - self._elapsed(what, None)
        if left > 0:
            self._due.append(left)
            reason = "PodInitializing" if self._pod["spec"].get("initContainers") else "ContainerCreating"
            return states.waiting(now, reason)
        took = f"{seconds:.3f}s" if seconds >= 1 else f"{seconds * 1000:.0f}ms"
        self._tell("Pulled", f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {size} bytes.', name)
        del self._memory.moments[what]
        self._memory.moments[f"pulled/{name}/{image}"] = clock.now()
        return None

    def _pull_problem(self, container: Object) -> str:
        word = told(self._pod, container["name"])
        if word == "never":
            return ""
        return images.pull_problem(container["image"], logged_in=self._logged_in(), told=word if word in images.WAYS else "")

    def _logged_in(self) -> frozenset[str]:
        """The registries that the Pod, or its service account, has credentials for."""
        namespace, spec = self._pod["metadata"]["namespace"], self._pod["spec"]
        account = self._api.find("serviceaccounts", spec.get("serviceAccountName") or "default", namespace=namespace) or {}
        names = [each.get("name", "") for each in [*(spec.get("imagePullSecrets") or []), *(account.get("imagePullSecrets") or [])]]
        secrets = [self._api.find(SECRETS, name, namespace=namespace) for name in names if name]
        return frozenset().union(*(images.registries(each) for each in secrets if each is not None))

    def _unpullable(self, container: Object, now: Object, problem: str) -> Object:
        """ErrImagePull at each try, ImagePullBackOff between two."""
        name, image = container["name"], container["image"]
        said = f"rpc error: code = {images.grpc_code(problem)} desc = {problem}"
        tries = f"tries/{name}"
        count = sum(each.startswith(f"{tries}/") for each in self._memory.moments)
        between = min(states.LONGEST_BACKOFF, states.FIRST_BACKOFF * 2.0 ** max(0, count - 1))
        left = between - self._elapsed(f"{tries}/{count}", None) if count else 0.0
        if left > 0:
            self._due.append(left)
            if self._elapsed(f"{tries}/{count}", None) < 1.0 and count == 1:
                self._due.append(1.0)
                return states.waiting(now, "ErrImagePull", said)
            if (now["state"].get("waiting") or {}).get("reason") != "ImagePullBackOff":
                self._tell("BackOff", f'Back-off pulling image "{image}"', name)
                self._tell("Failed", "Error: ImagePullBackOff", name, warning=True)
            return states.waiting(now, "ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {said}')
        self._memory.moments[f"{tries}/{count + 1}"] = clock.now()
        self._tell("Pulling", f'Pulling image "{image}"', name)
        self._tell("Failed", f'Failed to pull image "{image}": {said}', name, warning=True)
        self._tell("Failed", "Error: ErrImagePull", name, warning=True)
        self._due.append(1.0)
        return states.waiting(now, "ErrImagePull", said)
