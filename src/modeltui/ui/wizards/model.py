"""Making or editing a Model: its form, what its answers mean, and the change that comes of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from modeltui.changes.plan import Change, Step
from modeltui.document import Line
from modeltui.kube.apply import Manifest
from modeltui.systems import answer_file
from modeltui.systems.core.types import LabelSelector
from modeltui.systems.modelfs import manifests
from modeltui.systems.modelfs.answers import ModelAnswers
from modeltui.systems.modelfs.sharing import share_targets
from modeltui.systems.modelfs.types import MODELS, Share
from modeltui.ui.connection import Cluster
from modeltui.ui.wizards import answering, model_form, names, reach
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import form as forms
from modeltui.ui.wizards.controls import Names
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Step as FormStep
from modeltui.ui.wizards.frame import Spot
from modeltui.ui.wizards.screen import WizardScreen


class ModelWizard(WizardScreen):
    resource = MODELS

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        *,
        live: Manifest | None = None,
        add_version: bool = False,
        answers: ModelAnswers | None = None,
        file: str = "",
    ) -> None:
        """`live`: the Model to edit, from which everything that no answer speaks of is kept. Raises AnswersError for one
        that the form cannot show. `answers`: of `file`, to begin with; in `namespace`, when they name none."""
        form = model_form.form(editing=live is not None)
        begun = drafts.blank(form) if answers is None else model_form.draft(answers)
        if not begun.answer("basics", "namespace"):
            begun = begun.with_answer("basics", "namespace", namespace)
        super().__init__(form, begun, cluster=cluster, namespace=namespace, live=live, file=file)
        self._add_version = add_version
        self._add_wanted()
        self._names = names.LiveNames(cluster.session.client, namespace, names.MODEL, words=True)
        self._reach = reach.Reach(cluster, self._reach_changed)

    def _add_wanted(self) -> None:
        """Another card, when that was asked for, unless the last one is still empty."""
        step = self.form.step("versions")
        if self._add_version:
            if not self.answers.groups["versions"] or self.answers.groups["versions"][-1] != step.blank():
                self.answers = self.answers.with_group(step)
            self.at, self.begins_at = 1, len(self.answers.groups["versions"]) - 1

    async def go_on(self, then: Manifest | None, answers: Draft) -> None:
        self.live, self.answers = then, answers
        self._add_wanted()
        await self._show_step(group=self.begins_at)

    def on_mount(self) -> None:
        self.run_worker(self._names.load(), group="names")
        self.run_worker(self._reach.run(), group="namespaces")

    def _reach_changed(self) -> None:
        if self.is_attached:
            self.show_answers()

    def names(self) -> Mapping[str, Names]:
        return {**self._names.names(), "access modes": lambda: model_form.ACCESS_MODES}

    def draft_of(self, live: Manifest) -> Draft:
        return model_form.draft(manifests.answers_of(live))

    def answers_text(self, without_secrets: Draft) -> str:
        return answer_file.write(model_form.answers(without_secrets))

    def spot(self, position: int, path: str) -> Spot | None:
        return model_form.spot(self.answers, path)

    def about(self, step: FormStep, group: int) -> list[Line]:
        """Which namespaces a share reaches, while one types its selector and while their labels change."""
        if step.key != "versions" or self.answers.answer("versions", "share", group=group) != forms.YES:
            return []
        values = self.answers.group("versions", group)
        if answering.selector(values["selector"]) if values["selector"].strip() else "":
            return []
        chosen = answering.selector_answers(values["selector"])
        wanted = msgspec.convert(msgspec.to_builtins(chosen), LabelSelector) if chosen is not None else None
        share = Share(enabled=True, namespace_selector=wanted, require_opt_in_label=values["opt_in"].strip())
        targets = share_targets(share, self.answers.answer("basics", "namespace").strip(), self._reach.namespaces)
        return reach.lines(targets, why_not=self._reach.why_not, when=self._reach.when)

    async def change(self) -> Change:
        answers = model_form.answers(self.answers)
        desired = self.become(manifests.model(answers, live=self.shown))
        step = Step.apply(MODELS, desired, self.live) if self.live is not None else Step.create(MODELS, desired)
        return Change(f"{'Edit' if self.live else 'Make'} Model {answers.namespace}/{answers.name}", (step,))
