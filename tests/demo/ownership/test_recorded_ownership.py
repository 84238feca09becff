"""The recorded conversations with a real kube-apiserver, as far as they are about who owns what."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from modeltui.demo import ownership, schema

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
REFERENCE = SHARED / "reference" / "apiserver"
pytestmark = pytest.mark.skipif(not (REFERENCE / "cases.json").exists(), reason="the recorded cases are not here")

VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "time", "generation")
CONFIGMAP = {"type": "object", "properties": {"data": {"type": "object", "additionalProperties": {"type": "string"}}}}
NAMES = [
    "create-defaults",
    "apply-create",
    "apply-removes",
    "apply-conflict",
    "apply-conflict-with-update",
    "apply-list-map",
    "apply-set",
    "apply-unknown-field",
    "apply-status",
    "apply-configmap",
    "modelfs-apply-versions",
]


def kinds():
    found = {"configmaps": ("v1", schema.root(CONFIGMAP), False)}
    paths = [REFERENCE / "widget-crd.yaml", *sorted((SHARED / "crds" / "modelfs").glob("*.yaml"))]
    for crd in (yaml.safe_load(path.read_text())["spec"] for path in paths):
        version = crd["versions"][0]
        api_version = f"{crd['group']}/{version['name']}"
        found[crd["names"]["plural"]] = (
            api_version,
            schema.root(version["schema"]["openAPIV3Schema"]),
            "status" in version["subresources"],
        )
    return found


class Store:
    """Just enough of an API server to tell the functions what happens."""

    def __init__(self):
        self.kinds = kinds()
        self.objects = {}
        self.clock = 0

    def call(self, step):
        path, _, query = step["path"].partition("?")
        options = dict(part.split("=") for part in query.split("&") if part)
        parts = path.split("/")
        resource = parts[parts.index("namespaces") + 2]
        name = parts[parts.index("namespaces") + 3] if step["do"] != "POST" else step["body"]["metadata"]["name"]
        subresource = "status" if path.endswith("/status") else ""
        api_version, rooted, has_status = self.kinds[resource]
        live = self.objects.get((resource, name))
        if step["do"] == "GET":
            return live
        self.clock += 1
        reset = ownership.ALL_BUT_STATUS if subresource else ownership.STATUS if has_status else ()
        keys = {
            "manager": options.get("fieldManager", ""),
            "schema": rooted,
            "api_version": api_version,
            "subresource": subresource,
            "reset": reset,
            "now": f"2026-01-01T00:00:{self.clock:02}Z",
        }
        body = yaml.safe_load(step["body"]) if isinstance(step["body"], str) else copy.deepcopy(step["body"])
        applies = step.get("type") == "application/apply-patch+yaml"
        if applies:
            new = ownership.apply(live, body, force=options.get("force") == "true", **keys)
        else:
            new = merge_patch(live, body) if step["do"] == "PATCH" else body
        new, _ = schema.prune(rooted, new)
        new = schema.default(rooted, new)
        if not applies:
            new = ownership.update(live, new, **keys)
        self.objects[(resource, name)] = new
        return new


def merge_patch(value, patch):
    if not isinstance(patch, dict):
        return patch
    value = dict(value) if isinstance(value, dict) else {}
    for key, entry in patch.items():
        if entry is None:
            value.pop(key, None)
        else:
            value[key] = merge_patch(value.get(key), entry)
    return value


def steady(value):
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in VOLATILE and k != "namespace"}
    return [steady(v) for v in value] if isinstance(value, list) else value


def by_manager(obj):
    entries = obj["metadata"].get("managedFields", [])
    return sorted((entry["manager"], entry["operation"], entry.get("subresource", ""), json.dumps(entry["fieldsV1"])) for entry in entries)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_conversation(name):
    cases = {case["name"]: case for case in json.loads((REFERENCE / "cases.json").read_text())}
    store = Store()
    for step in cases[name]["steps"]:
        answer = step["answer"]
        if answer["code"] == 409:
            with pytest.raises(ownership.ApplyConflict) as refused:
                store.call(step)
            assert refused.value.message == answer["message"]
            assert [cause["field"].lstrip(".") for cause in refused.value.causes] == answer["fields"]
        elif answer["code"] == 500:
            with pytest.raises(ownership.TypedPatchError) as wrong:
                store.call(step)
            assert str(wrong.value) == answer["message"]
        else:
            got, want = store.call(step), answer["body"]
            if "keep" in step:
                assert all(steady(got[key]) == want[key] for key in step["keep"])
                continue
            assert by_manager(got) == by_manager(want)
            bare = [{**obj, "metadata": {**obj["metadata"], "managedFields": []}} for obj in (got, want)]
            assert steady(bare[0]) == steady(bare[1])
            timed = [{e["manager"]: "time" in e for e in obj["metadata"]["managedFields"]} for obj in (got, want)]
            assert timed[0] == timed[1]
