"""What counts as ours after a create is what counts as ours after an apply of the same: never a default."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from ownership_model import SPECS, Manifest, apply, filled_in, obj, update

from modeltui.kube.apply import FIELD_MANAGER
from modeltui.kube.asked_fields import asked_fields


def fields(live: Manifest) -> Any:
    (entry,) = live["metadata"]["managedFields"]
    return without_holders(entry["fieldsV1"])


def without_holders(tree: Manifest) -> Manifest:
    """An update owns the maps that hold its fields, too."""
    return {name: without_holders(inner) for name, inner in tree.items() if name != "."}


@given(SPECS.filter(bool), SPECS)
def test_a_create_owns_what_an_apply_owns(asked: Manifest, defaults: Manifest) -> None:
    sent = obj(asked, {"l": "p"})
    made = update(None, filled_in(sent, defaults), FIELD_MANAGER)
    assert asked_fields(fields(made), sent) == fields(apply(None, sent, FIELD_MANAGER))


def test_a_key_that_was_left_to_the_server_does_not_hide_the_item() -> None:
    sent = {"ports": [{"port": 80, "name": "a"}, {"port": 80, "protocol": "UDP"}]}
    tcp, udp = 'k:{"port":80,"protocol":"TCP"}', 'k:{"port":80,"protocol":"UDP"}'
    item: dict[str, Any] = {".": {}, "f:port": {}, "f:protocol": {}}
    owned = {"f:ports": {".": {}, tcp: item | {"f:name": {}}, udp: item, 'k:{"port":81,"protocol":"TCP"}': item}, "f:kind": {}}
    assert asked_fields(owned, sent) == {"f:ports": {".": {}, tcp: {".": {}, "f:port": {}, "f:name": {}}, udp: item}}
