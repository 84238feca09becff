"""Conversations recorded from kube-apiserver 1.36.1, and how far another server answers otherwise.

    python tests/demo/recorded_cases.py --kubeconfig FILE [--messages] CASES.json ...     print the differences
    python tests/demo/recorded_cases.py --kubeconfig FILE --record CASES.json ...         write the server's answers into the files

The server needs the definitions of recorded/kinds.yaml and the contexts admin, editor, viewer and nobody. A file is a list of cases
{"name", "about", "steps", "cleanup"?}. `cleanup` are paths to delete at the end; the case's own namespace goes by itself. A step is

    {"do": GET | POST | PUT | PATCH | DELETE | WATCH, "path", "answer"}, and when needed
    "as"       the context whose identity asks; admin when absent
    "type"     Content-Type; JSON when absent            "accept"  Accept
    "agent"    User-Agent; none when absent              "headers" further ones
    "body"     JSON, or a string that is sent as it is; "repeat": [TEXT, N] puts N times TEXT where {repeat} stands
    "capture"  {NAME: path in the answer}: {NAME} then stands for it in later paths and bodies; {ns} is the case's namespace
    "keep"     [paths in the answer]: compare only these     "sort": true sorts a list's items by name
    "events"   WATCH: how many to read                        "then"  WATCH: steps done once it is open

Compared are the code; of errors the reason and the fields of the causes; the warnings; of objects everything, after what is another in
every run (uids, versions, times) is replaced; of watches the sequence of types and objects. Messages are recorded to be read, and
compared only with --messages.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import ssl
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import yaml

FOLDER = Path(__file__).parent / "recorded"
KINDS = FOLDER / "kinds.yaml"

_VOLATILE = {
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "time",
    "storageVersionHash",
    "continue",
    "remainingItemCount",
    "lastTransitionTime",
    "lastPhaseTransitionTime",
    "lastTimestamp",
    "firstTimestamp",
    "eventTime",
    "lastUpdateTime",
    "startTime",
    "completionTime",
}
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WATCH_SECONDS = 10.0


class Servers:
    """One server, asked as any of the contexts of a kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        self._contexts = {each["name"]: each["context"] for each in config["contexts"]}
        self._users = {each["name"]: each.get("user") or {} for each in config["users"]}
        cluster = config["clusters"][0]["cluster"]
        trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self._client = httpx.Client(base_url=cluster["server"], verify=trust, timeout=30.0, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def request(self, step: dict[str, Any], names: dict[str, str]) -> httpx.Request:
        user = self._users[self._contexts[step.get("as", "admin")]["user"]]
        headers = {"Accept": step.get("accept", "application/json"), "User-Agent": step.get("agent", ""), **step.get("headers", {})}
        if user.get("token"):
            headers["Authorization"] = f"Bearer {user['token']}"
        content = None
        if "body" in step:
            body = fill(step["body"], names)
            content = body if isinstance(body, str) else json.dumps(body)
            if "repeat" in step:
                content = content.replace("{repeat}", step["repeat"][0] * step["repeat"][1])
            headers["Content-Type"] = step.get("type", "application/json")
        method = "GET" if step["do"] == "WATCH" else step["do"]
        return self._client.build_request(method, fill(step["path"], names), headers=headers, content=content)

    def send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        return self._client.send(request, stream=stream)


def fill(value: Any, names: dict[str, str]) -> Any:
    """`value` with every {NAME} replaced."""
    if isinstance(value, dict):
        return {fill(key, names): fill(below, names) for key, below in value.items()}
    if isinstance(value, list):
        return [fill(below, names) for below in value]
    if isinstance(value, str):
        for name, known in names.items():
            value = value.replace("{" + name + "}", known)
    return value


def steady(value: Any, ns: str, key: str = "") -> Any:
    """`value` without what is another in every run."""
    if isinstance(value, dict):
        return {
            _UID.sub("<uid>", name.replace(ns, "{ns}")): "<volatile>" if _is_volatile(name, below) else steady(below, ns, name)
            for name, below in value.items()
        }
    if isinstance(value, list):
        done = [steady(below, ns) for below in value]
        if key == "managedFields":  # entries of one second stand in the order of their names, those of two do not
            done.sort(key=lambda entry: [str(entry.get(part, "")) for part in ("manager", "operation", "apiVersion", "subresource")])
        return done
    return _UID.sub("<uid>", value.replace(ns, "{ns}")) if isinstance(value, str) else value


def _is_volatile(name: str, value: Any) -> bool:
    return name in _VOLATILE and isinstance(value, str | int) and bool(value)


def dig(value: Any, path: str) -> Any:
    """The value at `a.b.0.c`; "<absent>" where there is none."""
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return "<absent>"
    return value


def ask(step: dict[str, Any], servers: Servers, names: dict[str, str]) -> dict[str, Any]:
    """Does one step: what the server answers, as it is recorded."""
    request = servers.request(step, names)
    if step["do"] == "WATCH":
        return _watch(step, servers, names, request)
    response = servers.send(request)
    body = _parsed(response.text)
    for name, path in step.get("capture", {}).items():
        names[name] = str(dig(body, path))
    told = _told(response, body, names["ns"])
    if "body" in told and step.get("sort"):
        told["body"]["items"].sort(key=lambda item: item["metadata"]["name"])
    if "body" in told and "keep" in step:
        told["body"] = {path: dig(told["body"], path) for path in step["keep"]}
    return told


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text[:400]}


def _told(response: httpx.Response, body: Any, ns: str) -> dict[str, Any]:
    code = response.status_code
    if code >= 400 and isinstance(body, dict) and body.get("kind") == "Status":
        causes = (body.get("details") or {}).get("causes") or []
        fields = sorted({cause["field"].lstrip(".") for cause in causes if cause.get("field") not in (None, "", "<nil>")})
        told = {"code": code, "reason": body.get("reason"), "message": steady(body.get("message"), ns), "fields": steady(fields, ns)}
    else:
        told = {"code": code, "body": steady(body, ns)}
    if warnings := response.headers.get_list("Warning"):
        told["warnings"] = steady(warnings, ns)
    return told


def _watch(step: dict[str, Any], servers: Servers, names: dict[str, str], request: httpx.Request) -> dict[str, Any]:
    request.extensions["timeout"] = {**request.extensions["timeout"], "read": _WATCH_SECONDS}
    response = servers.send(request, stream=True)
    try:
        if response.status_code != 200:
            return _told(response, _parsed(response.read().decode()), names["ns"])
        for later in step.get("then", ()):
            ask(later, servers, names)
        events: list[list[Any]] = []
        wanted = step.get("events", 99)
        with suppress(httpx.TransportError):
            for line in response.iter_lines() if wanted else ():
                event = json.loads(line)
                thing = steady(event["object"], names["ns"])
                thing.get("metadata", {}).pop("managedFields", None)
                events.append([event["type"], thing])
                if len(events) >= wanted:
                    break
        return {"code": 200, "events": events}
    finally:
        response.close()


def differences(want: Any, got: Any, path: str = "", *, messages: bool = False) -> Iterator[str]:
    if isinstance(want, dict) and isinstance(got, dict):
        told = "code" in want and "code" in got and not path
        for key in sorted({*want, *got}):
            if messages or not (told and key == "message"):
                yield from differences(want.get(key, "<absent>"), got.get(key, "<absent>"), f"{path}.{key}", messages=messages)
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]", messages=messages)
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        yield f"{path}: wanted {_short(want)}, got {_short(got)}"


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:240]


def run(case: dict[str, Any], servers: Servers, *, record: bool = False, messages: bool = False) -> list[str]:
    """Holds one conversation; how the answers differ. With `record` they are written into the case instead."""
    names = {"ns": f"recorded-{uuid.uuid4().hex[:8]}"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "{ns}"}}
    made = ask({"do": "POST", "path": "/api/v1/namespaces", "body": namespace}, servers, names)
    found = [] if made["code"] == 201 else [f"the namespace cannot be made: {made}"]
    if record:
        _settle(servers, names)
    try:
        for number, step in enumerate(case["steps"], 1):
            got = ask(step, servers, names)
            if record:
                step["answer"] = got
            else:
                at = f"step {number}, {step['do']} {step['path'].partition('?')[0]}"
                found += [f"{at}{each}" for each in differences(step["answer"], got, messages=messages)]
    finally:
        for path in (*case.get("cleanup", ()), "/api/v1/namespaces/{ns}"):
            ask({"do": "DELETE", "path": path}, servers, names)
    return found


def _settle(servers: Servers, names: dict[str, str]) -> None:
    """Until controllers, if there are any, have put into a new namespace what they put into every one."""
    end = time.monotonic() + 5
    for path in ("/api/v1/namespaces/{ns}/serviceaccounts/default", "/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt"):
        if ask({"do": "GET", "path": path.replace("{ns}", "default")}, servers, names)["code"] == 404:
            return
        while ask({"do": "GET", "path": path}, servers, names)["code"] != 200 and time.monotonic() < end:
            time.sleep(0.05)


def load(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text())
    return cases


def save(path: Path, cases: list[dict[str, Any]]) -> None:
    """One line a step: small, and a changed answer is one changed line."""
    written = []
    for case in cases:
        head = json.dumps({key: value for key, value in case.items() if key != "steps"}, ensure_ascii=False)[:-1]
        steps = ",\n  ".join(json.dumps(step, ensure_ascii=False, separators=(",", ":")) for step in case["steps"])
        written.append(f'{head}, "steps": [\n  {steps}]}}')
    path.write_text("[" + ",\n".join(written) + "]\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--messages", action="store_true")
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    servers, ran, differ = Servers(args.kubeconfig), 0, 0
    for path in args.files:
        cases = load(path)
        for case in cases:
            if args.case and case["name"] not in args.case:
                continue
            ran += 1
            if found := run(case, servers, record=args.record, messages=args.messages):
                differ += 1
                print(f"{path.stem}: {case['name']}", *found, sep="\n    ")
        if args.record:
            save(path, cases)
    print(f"{ran} cases, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
