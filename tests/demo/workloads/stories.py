"""Stories of workloads: what people do, one thing after the other, and what the controllers make of it each time.

    python tests/demo/workloads/stories.py --kubeconfig FILE --token TOKEN      writes what a real cluster's controllers made of them

Recorded from kube-apiserver and kube-controller-manager 1.36.1, without a scheduler or kubelets: the stories say themselves when a Pod
gets ready. A step is one of

    {"create": object}    {"patch": [resource, name, merge patch]}    {"delete": [resource, name]}    {"wait": seconds}
    {"ready": [owner, how many]}     Pods of that owner that are not ready, the first ones by name
    {"phase": [owner, phase]}        the first of them ends so

and "after" it stands what there is then: without uids and times, and with the names that were made up replaced. In a story that is
told "loosely" the steps in between are not compared, since they depend on how fast which controller is.
"""

from __future__ import annotations

import argparse
import json
import re
import ssl
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import httpx
import yaml

FILE = Path(__file__).parent / "stories.json"
NS = "story"
PATHS = {
    "deployments.apps": "apis/apps/v1",
    "replicasets.apps": "apis/apps/v1",
    "statefulsets.apps": "apis/apps/v1",
    "controllerrevisions.apps": "apis/apps/v1",
    "persistentvolumeclaims": "api/v1",
    "services": "api/v1",
    "resourcequotas": "api/v1",
    "endpoints": "api/v1",
    "endpointslices.discovery.k8s.io": "apis/discovery.k8s.io/v1",
    "events": "api/v1",
    "pods": "api/v1",
    "jobs.batch": "apis/batch/v1",
}
KINDS = {
    "Deployment": "deployments.apps",
    "StatefulSet": "statefulsets.apps",
    "Service": "services",
    "ResourceQuota": "resourcequotas",
    "Job": "jobs.batch",
}
Object = dict[str, Any]


class Cluster(Protocol):
    def create(self, resource: str, obj: Object) -> None: ...
    def patch(self, resource: str, name: str, change: Object, *, subresource: str = "") -> None: ...
    def delete(self, resource: str, name: str) -> None: ...
    def list(self, resource: str) -> list[Object]: ...
    def rest(self, seconds: float) -> None:
        """Lets the controllers work; at least so long."""


def play(cluster: Cluster, story: Object) -> list[Object]:
    """What there is after each step."""
    addresses = iter(range(2, 250))
    return [_step(cluster, step, addresses) for step in story["steps"]]


def _step(cluster: Cluster, step: Object, addresses: Any) -> Object:
    ((verb, told),) = ((key, value) for key, value in step.items() if key != "after")
    if verb == "create":
        cluster.create(KINDS[told["kind"]], told)
    elif verb == "patch":
        cluster.patch(*told)
    elif verb == "delete":
        cluster.delete(*told)
    elif verb == "ready":
        for pod in _pods(cluster, told[0], lambda pod: not _is_ready(pod))[: told[1]]:
            conditions = [{"type": each, "status": "True", "lastTransitionTime": _now()} for each in ("Ready", "ContainersReady")]
            status = {"phase": "Running", "podIP": f"10.9.0.{next(addresses)}", "conditions": conditions}
            cluster.patch("pods", pod["metadata"]["name"], {"status": status}, subresource="status")
    elif verb == "phase":
        pod = _pods(cluster, told[0], lambda pod: True)[0]
        cluster.patch("pods", pod["metadata"]["name"], {"status": {"phase": told[1]}}, subresource="status")
    cluster.rest(float(told) if verb == "wait" else 0)
    return snapshot(cluster)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _is_ready(pod: Object) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions") or [])


def _pods(cluster: Cluster, owner: str, which: Callable[[Object], bool]) -> list[Object]:
    """Of a workload: those of its newest template first."""
    revisions = {each["metadata"]["name"]: _revision(each) for each in cluster.list("replicasets.apps")}

    def controlled(pod: Object) -> str:
        return str(next((ref["name"] for ref in pod["metadata"].get("ownerReferences") or []), ""))

    mine = [pod for pod in cluster.list("pods") if re.fullmatch(rf"{owner}(-[a-z0-9]+)?", controlled(pod)) and which(pod)]
    over = ("Succeeded", "Failed")
    living = [pod for pod in mine if pod["status"].get("phase") not in over]
    return sorted(living, key=lambda pod: (-revisions.get(controlled(pod), 0), pod["metadata"]["name"]))


def _revision(obj: Object) -> int:
    return int((obj["metadata"].get("annotations") or {}).get("deployment.kubernetes.io/revision", 0))


def snapshot(cluster: Cluster) -> Object:
    sets = sorted(cluster.list("replicasets.apps"), key=lambda each: (each["metadata"]["creationTimestamp"], _revision(each)))
    revisions = sorted(cluster.list("controllerrevisions.apps"), key=lambda each: each["revision"])
    made_up = {each["metadata"]["name"]: f"set-{number}" for number, each in enumerate(sets, 1)}
    made_up |= {each["metadata"]["name"]: f"revision-{number}" for number, each in enumerate(revisions, 1)}
    hashes = {name.rpartition("-")[2]: shown for name, shown in made_up.items()}
    shown = {
        "deployments": [_workload(each) for each in cluster.list("deployments.apps")],
        "sets": [_workload(each) for each in sets],
        "statefulsets": [_workload(each) for each in cluster.list("statefulsets.apps")],
        "revisions": [{"name": each["metadata"]["name"], "revision": each["revision"]} for each in revisions],
        "jobs": [_workload(each) for each in cluster.list("jobs.batch")],
        "pods": sorted((_pod(each) for each in cluster.list("pods")), key=json.dumps),
        "claims": sorted(each["metadata"]["name"] for each in cluster.list("persistentvolumeclaims")),
        "quotas": [each["status"] for each in cluster.list("resourcequotas")],
        "slices": [_slice(each) for each in cluster.list("endpointslices.discovery.k8s.io") if _is_ours(each)],
        "endpoints": [_without(each.get("subsets") or [], "uid", "name") for each in cluster.list("endpoints") if _is_ours(each)],
        "events": sorted({f"{each['reason']}: {each['message']}" for each in cluster.list("events") if each["reason"] not in _BINDER}),
    }
    text = json.dumps({key: value for key, value in shown.items() if value}, sort_keys=True)
    for name, told in sorted(made_up.items(), key=lambda pair: -len(pair[0])):
        text = re.sub(rf"{name}-[a-z0-9]{{5}}\b", f"{told}-pod", text).replace(name, told)
    for name, told in hashes.items():
        text = text.replace(f'"{name}"', f'"{told}"')
    text = re.sub(r'"job-name": "[^"]*"', '"job-name": "it"', text)
    found: Object = json.loads(text)
    found["events"] = sorted(set(found.get("events", [])))
    if "pods" in found:
        found["pods"] = sorted(found["pods"], key=lambda each: json.dumps(each, sort_keys=True))
    return found


_BINDER = ("FailedBinding", "WaitForFirstConsumer")
_TIMES = ("lastUpdateTime", "lastTransitionTime", "lastProbeTime", "startTime", "completionTime", "uid", "resourceVersion", "ip")


def _is_ours(obj: Object) -> bool:
    return obj["metadata"]["name"] != "kubernetes"


def _without(value: Any, *names: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, *names) for key, each in value.items() if key not in (*_TIMES, *names)}
    return [_without(each, *names) for each in value] if isinstance(value, list) else value


def _workload(obj: Object) -> Object:
    status = _without(obj.get("status") or {})
    if "conditions" in status:
        status["conditions"] = sorted(status["conditions"], key=lambda each: each["type"])
    annotations = {key: value for key, value in (obj["metadata"].get("annotations") or {}).items() if "kubectl" not in key}
    return {"name": obj["metadata"]["name"], "annotations": annotations, "replicas": obj["spec"].get("replicas"), "status": status}


def _pod(pod: Object) -> Object:
    volumes = [each["persistentVolumeClaim"]["claimName"] for each in pod["spec"].get("volumes") or [] if "persistentVolumeClaim" in each]
    labels = {key: value for key, value in (pod["metadata"].get("labels") or {}).items() if "uid" not in key}
    found = {"labels": labels, "phase": pod["status"].get("phase"), "claims": volumes, "ready": _is_ready(pod)}
    if "apps.kubernetes.io/pod-index" in labels:
        found["name"] = pod["metadata"]["name"]
    return {**found, **{part: pod["spec"][part] for part in ("hostname", "subdomain") if part in pod["spec"]}}


def _slice(each: Object) -> Object:
    endpoints = [
        {"conditions": endpoint["conditions"], "kind": (endpoint.get("targetRef") or {}).get("kind"), "hostname": endpoint.get("hostname")}
        for endpoint in each.get("endpoints") or []
    ]
    labels = {key: value for key, value in each["metadata"]["labels"].items()}
    return {"labels": labels, "ports": each.get("ports"), "endpoints": sorted(endpoints, key=lambda one: json.dumps(one, sort_keys=True))}


class Real:
    """A cluster behind a kubeconfig. For recording only."""

    def __init__(self, kubeconfig: Path, token: str) -> None:
        server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        self._http = httpx.Client(base_url=server, verify=trust, headers={"Authorization": f"Bearer {token}"})
        self.namespace = f"{NS}-{uuid.uuid4().hex[:6]}"
        self._http.post("/api/v1/namespaces", json={"metadata": {"name": self.namespace}}).raise_for_status()
        self.rest(1)

    def _path(self, resource: str, name: str = "") -> str:
        return f"/{PATHS[resource]}/namespaces/{self.namespace}/{resource.partition('.')[0]}" + (f"/{name}" if name else "")

    def create(self, resource: str, obj: Object) -> None:
        self._http.post(self._path(resource), json=obj).raise_for_status()

    def patch(self, resource: str, name: str, change: Object, *, subresource: str = "") -> None:
        path = self._path(resource, name) + (f"/{subresource}" if subresource else "")
        kind = "application/strategic-merge-patch+json" if subresource else "application/merge-patch+json"
        self._http.patch(path, content=json.dumps(change), headers={"Content-Type": kind}).raise_for_status()

    def delete(self, resource: str, name: str) -> None:
        self._http.delete(self._path(resource, name)).raise_for_status()

    def list(self, resource: str) -> list[Object]:
        text = self._http.get(self._path(resource)).raise_for_status().text.replace(self.namespace, NS)
        items: list[Object] = json.loads(text)["items"]
        return items

    def rest(self, seconds: float) -> None:
        """Until nothing has changed for a while."""
        time.sleep(seconds)
        before, since = "", time.monotonic()
        while time.monotonic() - since < 1.2:
            now = json.dumps([self.list(each) for each in PATHS if each != "events"], sort_keys=True)
            if now != before:
                before, since = now, time.monotonic()
            time.sleep(0.1)

    def close(self) -> None:
        self._http.delete(f"/api/v1/namespaces/{self.namespace}")
        self._http.close()


def record(stories: list[Object], kubeconfig: Path, token: str) -> None:
    for story in stories:
        cluster = Real(kubeconfig, token)
        try:
            for step, after in zip(story["steps"], play(cluster, story), strict=True):
                step["after"] = after
        finally:
            cluster.close()
        print(story["name"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--story", action="append", default=[])
    given = parser.parse_args()
    stories = json.loads(FILE.read_text())
    record([each for each in stories if not given.story or each["name"] in given.story], given.kubeconfig, given.token)
    FILE.write_text(json.dumps(stories, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
