"""Making or editing a ModelSource, its Secret with it: its form, and the change that comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from modeltui.changes.plan import Change, Step
from modeltui.document import Line, line
from modeltui.kube.apply import Manifest, read
from modeltui.systems import answer_file
from modeltui.systems.core import secrets
from modeltui.systems.modelfs import source_manifests
from modeltui.systems.modelfs.answers import SecretAnswers, SourceAnswers
from modeltui.systems.modelfs.types import SOURCES
from modeltui.systems.source_types import source_types
from modeltui.ui.connection import Cluster
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import names, source_form
from modeltui.ui.wizards.controls import Names
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Step as FormStep
from modeltui.ui.wizards.frame import Spot
from modeltui.ui.wizards.screen import WizardScreen


class SourceWizard(WizardScreen):
    resource = SOURCES

    def __init__(
        self, cluster: Cluster, namespace: str, *, live: Manifest | None = None, answers: SourceAnswers | None = None, file: str = ""
    ) -> None:
        """`live`: the ModelSource to edit. Raises AnswersError for one that the form cannot show. `answers`: of `file`, to begin
        with; in `namespace`, when they name none."""
        self._catalog = source_types()
        form = source_form.form(self._catalog, editing=live is not None)
        begun = drafts.blank(form) if answers is None else source_form.draft(answers, self._catalog)
        if not begun.answer("basics", "namespace"):
            begun = begun.with_answer("basics", "namespace", namespace)
        super().__init__(form, begun, cluster=cluster, namespace=namespace, live=live, file=file)
        self._names = names.LiveNames(cluster.session.client, namespace, names.SOURCE)

    def on_mount(self) -> None:
        self.run_worker(self._names.load(), group="names")

    def names(self) -> Mapping[str, Names]:
        return self._names.names()

    def draft_of(self, live: Manifest) -> Draft:
        return source_form.draft(source_manifests.answers_of(live), self._catalog)

    def about(self, step: FormStep, group: int) -> list[Line]:
        """What is known of the type."""
        type_ = self.answers.answer("basics", "type")
        known = self._catalog.get(type_)
        if known is None:
            return []
        if step.key == "secret":
            wanted = self.answers.answer("secret", "use") != source_form.NO_SECRET
            return [line(f"▲ Type {type_} reads no key of a Secret.", "warn")] if wanted and not known.secret else []
        if step.key != "basics":
            return []
        repo = f"; a version's repo is {known.repo}" if known.repo else ""
        return [line(f"{known.title}{repo}.", "dim"), *(line(f"▲ {limit}", "warn") for limit in known.limits)]

    def answers_text(self, without_secrets: Draft) -> str:
        """Of the Secret's values the keys, so that whoever opens the file sees what is to be filled in."""
        answers = source_form.answers(without_secrets, self._catalog)
        typed = source_form.answers(self.answers, self._catalog).secret
        return answer_file.write(msgspec.structs.replace(answers, secret=typed))

    def spot(self, position: int, path: str) -> Spot | None:
        with_secret = self.answers.answer("secret", "use") == source_form.OWN_SECRET
        return source_form.spot(self.answers, self._catalog, path, of_secret=with_secret and position == 0)

    async def change(self) -> Change:
        """The Secret first: the source is ready only when it is there."""
        answers = source_form.answers(self.answers, self._catalog)
        steps = [await self._secret(answers.secret)] if answers.secret is not None else []
        desired = self.become(source_manifests.source(msgspec.structs.replace(answers, secret=None), live=self.shown))
        steps.append(Step.apply(SOURCES, desired, self.live) if self.live is not None else Step.create(SOURCES, desired))
        return Change(f"{'Edit' if self.live else 'Make'} ModelSource {answers.namespace}/{answers.name}", tuple(steps))

    async def _secret(self, wanted: SecretAnswers) -> Step:
        """Keys that are not typed stay what they are."""
        live: Manifest | None = await read(self._cluster.session.client, secrets.SECRETS, wanted.namespace, wanted.name)
        values = {**(secrets.values_of(live) if live is not None else {}), **wanted.values}
        desired = secrets.secret(name=wanted.name, namespace=wanted.namespace, values=values, live=live)
        return Step.apply(secrets.SECRETS, desired, live)
