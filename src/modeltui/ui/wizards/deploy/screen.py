"""Making or editing a deployment, on whichever system runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from modeltui.catalog.merged import load, shipped
from modeltui.changes.plan import Change, Step
from modeltui.document import Line, line
from modeltui.kube.apply import Manifest
from modeltui.kube.background import in_background
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.systems.aim.types import CLUSTER_MODELS as AIM_CLUSTER_MODELS
from modeltui.systems.aim.types import MODELS as AIM_MODELS
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core.types import CLAIMS, NAMESPACES
from modeltui.systems.deploying import Deployable, Version, written
from modeltui.systems.serving.answers import Answers
from modeltui.systems.showing import unshowable
from modeltui.ui.connection import Cluster
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import names
from modeltui.ui.wizards.controls import Names
from modeltui.ui.wizards.deploy import installed, model_step, resource_step, shared, surroundings, system_step, weights
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.deploy.system_form import SystemForm
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Step as FormStep
from modeltui.ui.wizards.frame import Spot
from modeltui.ui.wizards.screen import WizardScreen

_NAMED: Final = {
    "namespaces": NAMESPACES,
    "secrets": names.SECRETS,
    "all claims": CLAIMS,
    "AIM models of the namespace": AIM_MODELS,
    "AIM models of the cluster": AIM_CLUSTER_MODELS,
}


class DeployWizard(WizardScreen):
    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        systems: tuple[SystemForm, ...],
        *,
        live: Manifest | None = None,
        answers: tuple[Deployable, Answers] | None = None,
        model: str = "",
        file: str = "",
    ) -> None:
        """`systems`: in the order in which they are offered. `live`: the object to edit. Raises AnswersError for one that the form cannot
        show. `answers`: of `file`; in `namespace`, when they name none. `model`: a repository of the Hub to begin with."""
        self._deploying = Deploying(
            systems=systems, catalogs=shipped(), editing=version_of(live, systems)[0].of.word if live is not None else ""
        )
        form = self._deploying.form()
        begun = drafts.blank(form) if answers is None else self._deploying.draft(answers[0].word, answers[1])
        if model:
            begun = drafts.proposed(form, begun.with_answer(model_step.STEP, "model", model), before=begun)
        if not begun.answer(shared.BASICS, "namespace"):
            begun = begun.with_answer(shared.BASICS, "namespace", namespace)
        super().__init__(form, begun, cluster=cluster, namespace=namespace, live=live, file=file)
        self._asked = False
        """Whether the cluster has told which systems it has."""
        listed = {word: resource for system in systems for word, resource in system.listed.items()}
        self._names = names.LiveNames(cluster.session.client, namespace, {**_NAMED, **listed})
        self._words = {key: words for system in systems for key, words in system.words.items()}
        self._weights: Mapping[str, weights.Weights] | None = {}
        """By claim; None when that may not be known."""
        self._made_here = live is None and answers is None
        """Nothing is proposed for what exists, or for what a file says."""
        self._in = namespace
        self._judged = self.resource
        """What was asked last whether it may be made."""

    @property
    def resource(self) -> Resource:
        """Of the system that is chosen."""
        if self.live is not None:
            return version_of(self.live, self._deploying.systems)[1].view.resource
        return self._deploying.version(self.answers.group(system_step.STEP)).view.resource

    @property
    def _chosen(self) -> Deployable:
        return self._deploying.system(self.answers.group(system_step.STEP)).of

    # ---- what is learned while the form is open

    def on_mount(self) -> None:
        self.run_worker(self._learn(), group="catalogs")
        self.run_worker(self._names.load(), group="names")
        self.run_worker(self._look_for_weights(), group="weights")
        if self._made_here:
            self.run_worker(self._look_around(), group="surroundings")

    async def _learn(self) -> None:
        """The catalogs, then what the cluster has; each as soon as it is there."""
        folders = tuple(map(Path, self.console.settings.catalogs))
        catalogs = await in_background(lambda: load(folders), name="read the catalogs")
        self._know(replace(self._deploying, catalogs=catalogs))
        for problem in catalogs.problems:
            self.console.note(problem, error=True)
        try:
            found = await installed.look(self._cluster.session.discovery, [one.of for one in self._deploying.systems])
        except KubeError:
            return  # the review will tell
        self._asked = True
        self._know(replace(self._deploying, installed=found))

    def _know(self, deploying: Deploying) -> None:
        """What is proposed changes with it, wherever nobody has typed anything else."""
        before, self._deploying = self.form, deploying
        self.form = deploying.form()
        if self.live is None:
            self.answers = drafts.proposed(self.form, self.answers, before=self.answers, by=before)
            self._fresh = drafts.proposed(self.form, self._fresh, before=self._fresh, by=before)
        if self.is_attached and self._last_row is not None:
            self._show_proposals(None)
            self.show_answers()

    async def _look_around(self) -> None:
        session, kinds = self._cluster.session, [one.of.view.resource for one in self._deploying.systems]
        found = await surroundings.look(session.client, session.discovery, self._in, kinds)
        self._know(replace(self._deploying, surroundings=found))

    async def _look_for_weights(self) -> None:
        self._weights = await weights.look(self._cluster.session.client, self._in)
        if self.is_attached and self._last_row is not None:
            self.show_answers()

    def answered(self) -> None:
        super().answered()
        if self.resource != self._judged:
            self._judged = self.resource
            self._say_trouble([])
            self.ask_whether_allowed()

    # ---- what is suggested and told

    def names(self) -> Mapping[str, Names]:
        known = self._names.names()
        return {
            **known,
            "catalog": lambda: tuple(self._deploying.catalogs.models),
            "claims": lambda: self._claims(known["all claims"]()),
            "AIM models": lambda: _together(known["AIM models of the namespace"](), known["AIM models of the cluster"]()),
            "gpu resources": lambda: resource_step.GPU_RESOURCES,
            **{key: lambda words=words: words for key, words in self._words.items()},  # type: ignore[misc]  # a default
        }

    def _claims(self, others: Sequence[str] | None) -> tuple[str, ...] | None:
        """Those with the weights of a Model that is ready, then any."""
        if self._weights is None:
            return None if others is None else tuple(others)
        ready = [claim for claim, found in self._weights.items() if found.phase == weights.READY]
        return tuple(dict.fromkeys((*sorted(ready), *(others or ()))))

    def about(self, step: FormStep, group: int) -> list[Line]:
        values = self.answers.plain(self.form)
        if step.key == system_step.STEP:
            return system_step.about(self._deploying.choices, self._deploying.installed.absent, values, asked=self._asked)
        if step.key != model_step.STEP:
            return []
        if model_step.origin(values) == model_step.CLAIM:
            return self._about_claim(values.get("claim", "").strip())
        return model_step.about(self._deploying.catalogs, values)

    def _about_claim(self, claim: str) -> list[Line]:
        found = (self._weights or {}).get(claim)
        if found is None:
            return [line("It is of no Model of this namespace, as far as is known.", "dim")] if claim and self._weights is not None else []
        return [line(f"{found}.", "dim" if found.phase == weights.READY else "warn")]

    # ---- what it means

    def draft_of(self, live: Manifest) -> Draft:
        system, version = version_of(live, self._deploying.systems)
        return self._deploying.draft(system.of.word, version.answers_of(live))

    def answers_text(self, without_secrets: Draft) -> str:
        return written(self._chosen, self._deploying.answers(without_secrets))

    def file_name(self) -> str:
        return self.answers.answer(shared.BASICS, "name").strip()

    def spot(self, position: int, path: str) -> Spot | None:
        return self._deploying.spot(self.answers, path)

    async def change(self) -> Change:
        system = self._chosen
        if self.live is not None:
            _, version = version_of(self.live, self._deploying.systems)
        elif reason := self._deploying.installed.absent.get(system.word, ""):
            raise AnswersError(f"{system.title} cannot be used in this cluster: {reason}.")
        else:
            version = self._deploying.version(self.answers.group(system_step.STEP))
        desired = self.become(version.manifest(self._deploying.answers(self.answers), live=self.shown))
        resource, metadata = version.view.resource, desired["metadata"]
        step = Step.apply(resource, desired, self.live) if self.live is not None else Step.create(resource, desired)
        return Change(f"{'Edit' if self.live else 'Make'} {resource.kind} {metadata['namespace']}/{metadata['name']}", (step,))


def version_of(live: Manifest, systems: Sequence[SystemForm]) -> tuple[SystemForm, Version]:
    """Which of them makes such an object, and in which version. Raises AnswersError when none does."""
    made_by = {
        (version.view.resource.api_version, version.view.resource.kind): (system, version)
        for system in systems
        for version in system.of.versions
    }
    found = made_by.get((live.get("apiVersion", ""), live.get("kind", "")))
    if found is None:
        raise unshowable(f"{live.get('kind')} of {live.get('apiVersion')} has none")
    return found


def _together(*listed: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """None only when none of them is known."""
    known = [names for names in listed if names is not None]
    return tuple(dict.fromkeys(name for names in known for name in names)) if known else None
