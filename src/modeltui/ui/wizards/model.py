"""Making or editing a Model: its form, what its answers mean, and the change that comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modeltui.changes.plan import Change, Step
from modeltui.document import Line, line
from modeltui.kube.errors import KubeError
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core.types import LabelSelector, Namespace
from modeltui.systems.modelfs import manifests
from modeltui.systems.modelfs.sharing import ShareTargets, share_targets
from modeltui.systems.modelfs.types import MODELS, Share
from modeltui.ui.connection import Cluster
from modeltui.ui.wizards import answering, model_form, names, saved
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import form as forms
from modeltui.ui.wizards.controls import Names
from modeltui.ui.wizards.form import Step as FormStep
from modeltui.ui.wizards.screen import WizardScreen

MOST_NAMED: Final = 6
"""Namespaces that the preview of a share names."""


class ModelWizard(WizardScreen):
    def __init__(self, cluster: Cluster, namespace: str, *, live: Mapping[str, Any] | None = None, add_version: bool = False) -> None:
        """`live`: the Model to edit, from which everything that no answer speaks of is kept. Raises AnswersError for one
        that the form cannot show."""
        editing = live is not None
        form = model_form.form(editing=editing)
        if live is None:
            answers = drafts.blank(form).with_answer("basics", "namespace", namespace)
        else:
            answers = model_form.draft(manifests.answers_of(live))
        name = answers.answer("basics", "name")
        super().__init__(form, answers, place=saved.Place("model", cluster.context, namespace, name))
        if add_version:
            self.answers = answers.with_group(form.step("versions"))
            self.at = 1
        self._cluster = cluster
        self._live = dict(live) if live is not None else None
        self._names = names.LiveNames(cluster.session.client, namespace, names.MODEL)
        self._namespaces: list[Namespace] | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._look_up(), group="names")

    async def _look_up(self) -> None:
        await self._names.load()
        try:
            self._namespaces = await self._cluster.namespaces_with_labels()
        except KubeError:
            self._namespaces = None  # denied is common; the preview then says that it does not know
        self._refresh()

    def names(self) -> Mapping[str, Names]:
        return {**self._names.names(), "access modes": lambda: model_form.ACCESS_MODES}

    def about(self, step: FormStep, group: int) -> list[Line]:
        """Which namespaces a share reaches, while one types its selector."""
        if step.key != "versions" or self.answers.answer("versions", "share", group=group) != forms.YES:
            return []
        values = self.answers.group("versions", group)
        if answering.selector(values["selector"]) if values["selector"].strip() else "":
            return []
        chosen = answering.selector_answers(values["selector"])
        wanted = msgspec.convert(msgspec.to_builtins(chosen), LabelSelector) if chosen is not None else None
        share = Share(enabled=True, namespace_selector=wanted, require_opt_in_label=values["opt_in"].strip())
        return _reached(share_targets(share, self.answers.answer("basics", "namespace").strip(), self._namespaces))

    async def finish(self) -> None:
        from modeltui.ui.screens.review import ReviewScreen

        answers = model_form.answers(self.answers)
        try:
            desired = manifests.model(answers, live=self._live)
        except AnswersError as error:
            self.console.say(str(error), error=True)
            return
        step = Step.apply(MODELS, desired, self._live) if self._live is not None else Step.create(MODELS, desired)
        change = Change(f"{'Edit' if self._live else 'Make'} Model {answers.namespace}/{answers.name}", (step,))
        await self.app.push_screen(ReviewScreen(self._cluster, change, done=self.finished))


def _reached(targets: ShareTargets) -> list[Line]:
    if targets.namespaces is None:
        return [line("Which namespaces that reaches is unknown: they may not be listed.", "dim")]
    if not targets.namespaces:
        return [line("▲ No namespace matches.", "warn")]
    more = f" and {len(targets.namespaces) - MOST_NAMED} more" if len(targets.namespaces) > MOST_NAMED else ""
    return [line(f"Reaches {', '.join(targets.namespaces[:MOST_NAMED])}{more}.", "good")]
