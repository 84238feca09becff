"""The whole object as YAML, fetched when asked for: the watch keeps only the fields that rows need."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from modeltui import yaml_output
from modeltui.domain import RowKey
from modeltui.kube.errors import Forbidden, KubeError, NotFound
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.pages import yaml_lines
from modeltui.ui import keys
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.sight import Kind, Sight
from modeltui.ui.widgets.sight import SightPane

SETTLE = 0.5
"""Seconds between fetches while the object keeps changing."""


class YamlScreen(TextScreen):
    """Follows the object: when its resourceVersion moves it is fetched again, and the scroll position stays."""

    BINDING_GROUP_TITLE = "YAML"
    BINDINGS: ClassVar[list[BindingType]] = keys.YAML

    def __init__(self, cluster: Cluster, resource: Resource, key: RowKey) -> None:
        super().__init__("yaml", wrapped=False)
        self.heading = f"{resource.kind} {'/'.join(part for part in key if part)}"
        self._cluster = cluster
        self._resource = resource
        self._key = key
        self._object: dict[str, Any] | None = None
        self._managed_fields = False
        self._pane = SightPane(Sight(Kind.LOADING, f"Fetching {self.heading}"))

    def body(self) -> Iterable[Widget]:
        self.text.display = False
        yield self.text
        yield self._pane

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._follow(), exclusive=True)

    def refresh_now(self) -> None:
        self.action_reload()

    def action_reload(self) -> None:
        self.run_worker(self._follow(), exclusive=True)

    async def _follow(self) -> None:
        """Fetch, then again whenever the watch (of this one namespace) shows another resourceVersion."""
        session = self._cluster.session
        namespaces = (self._key[0],) if self._key[0] else ()
        store = session.watch(self._resource, Object, namespaces)
        changes = store.subscribe()
        try:
            await self._fetch()
            while True:
                await changes.wait()
                if self._key in changes.take().keys:
                    now = store.get(self._key)
                    if now is None:
                        self.console.say(f"{self.heading} was deleted; this is how it was.", error=True)
                    elif now.metadata.resource_version != self._version:
                        await self._fetch()
                await asyncio.sleep(SETTLE)
        finally:
            changes.close()
            session.release(store)

    @property
    def _version(self) -> str:
        return str(((self._object or {}).get("metadata") or {}).get("resourceVersion") or "")

    async def _fetch(self) -> None:
        try:
            obj = await self._cluster.fetch(self._resource, *self._key)
        except KubeError as error:
            self._failed(error)
            return
        self._object = obj
        await self._render_yaml()

    def _failed(self, error: KubeError) -> None:
        if self._object is not None:
            self.console.say(f"{error} What is shown is older.", error=True, raw=raw_words(error))
            return
        namespace = f" -n {self._key[0]}" if self._key[0] else ""
        if isinstance(error, Forbidden):
            check = f"Check with: kubectl auth can-i get {self._resource.group_resource}{namespace}"
            self._pane.show(Sight(Kind.DENIED, f"You may not read {self.heading}", (str(error), check)))
        elif isinstance(error, NotFound):
            self._pane.show(Sight(Kind.EMPTY, f"{self.heading} is gone", (str(error),), (("esc", "back"),)))
        else:
            self._pane.show(Sight(Kind.STALE, f"{self.heading} could not be fetched", (str(error),), (("r", "try again"),)))

    async def _render_yaml(self) -> None:
        """In a thread: a large object takes PyYAML a while."""
        if self._object is None:
            return
        lines = await asyncio.to_thread(yaml_lines.lines, self._object, managed_fields=self._managed_fields)
        self.text.show(lines)
        if not self.text.display:
            self.text.display, self._pane.display = True, False
            self.set_focus(self.text, scroll_visible=False)

    def action_managed_fields(self) -> None:
        self._managed_fields = not self._managed_fields
        self.run_worker(self._render_yaml(), group="render", exclusive=True)

    def action_copy(self, what: str) -> None:
        if self._object is None:
            return
        shown, _ = yaml_lines.prepared(self._object, managed_fields=self._managed_fields)
        self.console.copy(yaml_output.dump_object(shown), what=f"the YAML of {self.heading}, secrets masked")
