"""The way in to an AIMService, through a gateway. Pure both ways."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim.answers import RoutingAnswers
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import shared
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import Field, Values, choice


def _routed(values: Values) -> bool:
    return values.get("aim.routing", shared.DEFAULT) != shared.OFF


FIELDS: Final = (
    choice("aim.routing", "Route", (shared.DEFAULT, shared.ON, shared.OFF), "A way in through a gateway; default: the config's."),
    Field(key="aim.gateway", label="Gateway", check=answering.object_name, wanted=_routed, help="Empty: the config's."),
    Field(
        key="aim.gateway_namespace",
        label="Its namespace",
        suggests="namespaces",
        check=answering.label_name,
        wanted=lambda values: _routed(values) and bool(values.get("aim.gateway", "").strip()),
    ),
    Field(
        key="aim.path",
        label="Path",
        wanted=_routed,
        help="A template such as /{.metadata.namespace}/{.metadata.name}. Empty: the config's.",
    ),
    Field(key="aim.timeout", label="Request timeout", check=shared.one_word, wanted=_routed, help="Such as 120s."),
)


def answers(group: Group) -> RoutingAnswers:
    enabled = shared.on_off(group["aim.routing"])
    if enabled is False:
        return RoutingAnswers(enabled=False)
    gateway = group["aim.gateway"].strip()
    return RoutingAnswers(
        enabled=enabled,
        gateway=gateway,
        gateway_namespace=group["aim.gateway_namespace"].strip() if gateway else "",
        path_template=group["aim.path"].strip(),
        request_timeout=group["aim.timeout"].strip(),
    )


def texts(found: RoutingAnswers) -> Group:
    """The inverse. Raises AnswersError for what would be lost on the way."""
    if found.enabled is False and found != RoutingAnswers(enabled=False):
        raise unshowable("its route is off, and described")
    if found.gateway_namespace and not found.gateway:
        raise unshowable("its gateway has a namespace and no name")
    return {
        "aim.routing": shared.on_off_text(found.enabled),
        "aim.gateway": found.gateway,
        "aim.gateway_namespace": found.gateway_namespace,
        "aim.path": found.path_template,
        "aim.timeout": found.request_timeout,
    }


SPOTS: Final = {
    "": "routing",
    ".gatewayRef": "gateway",
    ".gatewayRef.namespace": "gateway_namespace",
    ".pathTemplate": "path",
    ".requestTimeout": "timeout",
}
"""Below spec.routing -> which question answers for it."""
