"""Making or editing a ModelSource, its Secret with it: its form, and the change that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.changes.plan import Change, Step
from modeltui.kube.apply import Manifest, read
from modeltui.kube.errors import KubeError
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core import secrets
from modeltui.systems.modelfs import source_manifests
from modeltui.systems.modelfs.answers import SecretAnswers
from modeltui.systems.modelfs.types import SOURCES
from modeltui.systems.source_types import source_types
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import names, saved, source_form
from modeltui.ui.wizards.controls import Names
from modeltui.ui.wizards.screen import WizardScreen


class SourceWizard(WizardScreen):
    def __init__(self, cluster: Cluster, namespace: str, *, live: Mapping[str, Any] | None = None) -> None:
        """`live`: the ModelSource to edit. Raises AnswersError for one that the form cannot show."""
        self._catalog = source_types()
        form = source_form.form(self._catalog, editing=live is not None)
        if live is None:
            answers = drafts.blank(form).with_answer("basics", "namespace", namespace)
        else:
            answers = source_form.draft(source_manifests.answers_of(live), self._catalog)
        super().__init__(form, answers, place=saved.Place("source", cluster.context, namespace, answers.answer("basics", "name")))
        self._cluster = cluster
        self._live = dict(live) if live is not None else None
        self._names = names.LiveNames(cluster.session.client, namespace, names.SOURCE)

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._names.load(), group="names")

    def names(self) -> Mapping[str, Names]:
        return self._names.names()

    async def finish(self) -> None:
        from modeltui.ui.screens.review import ReviewScreen

        answers = source_form.answers(self.answers, self._catalog)
        try:
            steps = [await self._secret(answers.secret)] if answers.secret is not None else []
            desired = source_manifests.source(msgspec.structs.replace(answers, secret=None), live=self._live)
        except AnswersError as error:
            self.console.say(str(error), error=True)
            return
        except KubeError as error:
            self.console.say(f"The Secret cannot be looked at: {error}", error=True, raw=raw_words(error))
            return
        steps.append(Step.apply(SOURCES, desired, self._live) if self._live is not None else Step.create(SOURCES, desired))
        change = Change(f"{'Edit' if self._live else 'Make'} ModelSource {answers.namespace}/{answers.name}", tuple(steps))
        await self.app.push_screen(ReviewScreen(self._cluster, change, done=self.finished))

    async def _secret(self, wanted: SecretAnswers) -> Step:
        """Keys that are not typed stay what they are. Raises KubeError."""
        live: Manifest | None = await read(self._cluster.session.client, secrets.SECRETS, wanted.namespace, wanted.name)
        values = {**(secrets.values_of(live) if live is not None else {}), **wanted.values}
        desired = secrets.secret(name=wanted.name, namespace=wanted.namespace, values=values, live=live)
        return Step.apply(secrets.SECRETS, desired, live)
