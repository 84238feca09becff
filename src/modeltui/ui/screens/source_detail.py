"""One ModelSource."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from textual.widget import Widget

from modeltui.domain import RowKey
from modeltui.kube.errors import Forbidden, KubeError, NotFound
from modeltui.kube.resource import Resource
from modeltui.pages import source as page
from modeltui.systems.modelfs import explain_source
from modeltui.systems.modelfs.types import ModelSource
from modeltui.systems.protocol import View
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.widgets.line_view import LineView

SECRETS: Final = Resource("", "v1", "secrets", "Secret")
_METADATA_ONLY: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


class SourceDetail(DetailScreen):
    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        super().__init__(cluster, view, key, around=around)
        self.text = LineView(wrapped=True, classes="page")
        self._asked_for: str | None = None
        self._secret = "not asked yet"

    def body(self) -> Iterable[Widget]:
        yield self.text
        yield self.pane

    def paint(self, obj: Any, now: datetime) -> None:
        assert isinstance(obj, ModelSource)
        if obj.spec.secret_ref != self._asked_for:
            self._asked_for = obj.spec.secret_ref
            self._secret = "asking ..." if obj.spec.secret_ref else "nothing to look up"
            if obj.spec.secret_ref:
                self.run_worker(self._look_up(obj.spec.secret_ref), group="secret", exclusive=True)
        events = self.events(obj.metadata.uid)
        why = self.why_not(next(iter(self.beside)))
        self.text.show(page.page(obj, self.live.facts, secret=self._secret, events=events, why_no_events=why, now=now))
        if not self.prompt_open and self.focused is None:
            self.set_focus(self.text, scroll_visible=False)

    async def _look_up(self, name: str) -> None:
        """Whether the Secret is there, by its metadata alone: the values are never fetched."""
        path = SECRETS.path(self.key[0], name)
        try:
            await self.cluster.session.client.request("GET", path, accept=_METADATA_ONLY, timeout=10)
            self._secret = f"Secret {name} exists now (its values were not fetched)"
        except NotFound:
            self._secret = f"Secret {name} does not exist in namespace {self.key[0]}"
        except Forbidden:
            self._secret = "unknown: you may not get Secrets here, so only modelfs can tell"
        except KubeError as error:
            self._secret = f"unknown: {error}"
        self.repaint()

    def copyable_commands(self) -> list[tuple[str, str]]:
        obj = self.live.obj(self.key)
        return explain_source.snippets(obj) if isinstance(obj, ModelSource) else []
