"""Which kinds have a form, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from modeltui.kube.apply import Manifest
from modeltui.kube.resource import Resource
from modeltui.systems.answer_file import load
from modeltui.systems.deployables import DEPLOYABLES
from modeltui.systems.deploying import Deployment, understood
from modeltui.systems.modelfs.answers import ModelAnswers, SourceAnswers
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.wizards.deploy.screen import DeployWizard
from modeltui.ui.wizards.deploy.systems import SYSTEMS
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.source import SourceWizard

New = Callable[[Cluster, str], ConsoleScreen]
"""(cluster, namespace, which may still be changed) -> the empty form."""
Edit = Callable[[Cluster, Manifest], ConsoleScreen]
"""(cluster, the live object) -> its form. Raises AnswersError for an object that the form cannot show."""
Opened = Callable[[Cluster, str, Path], ConsoleScreen]
"""(cluster, namespace for answers that name none, file) -> the form with the answers of the file. Raises AnswersError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    word: str
    """What is typed for it: `:new model`, `modeltui render model`."""
    title: str
    """Of the empty form, in a menu."""
    resources: tuple[Resource, ...]
    """What it makes: one object of one of these."""
    new: New
    opened: Opened
    edit: Edit
    more: Mapping[str, Edit] = field(default_factory=dict)
    """By what a menu calls it: other places at which the form of an object can begin."""


def deploying(cluster: Cluster, namespace: str, **begun: Any) -> ConsoleScreen:
    """`begun`: what `DeployWizard` begins with."""
    return DeployWizard(cluster, namespace, SYSTEMS, **begun)


FORMS: Final = (
    Form(
        word="model",
        title="New Model",
        resources=(MODELS,),
        new=ModelWizard,
        opened=lambda cluster, namespace, file: ModelWizard(cluster, namespace, answers=load(file, ModelAnswers), file=str(file)),
        edit=lambda cluster, live: ModelWizard(cluster, live["metadata"]["namespace"], live=live),
        more={"Add a version": lambda cluster, live: ModelWizard(cluster, live["metadata"]["namespace"], live=live, add_version=True)},
    ),
    Form(
        word="deployment",
        title="New deployment",
        resources=tuple(dict.fromkeys(version.view.resource for one in DEPLOYABLES for version in one.versions)),
        new=deploying,
        opened=lambda cluster, namespace, file: deploying(
            cluster, namespace, answers=understood(load(file, Deployment), [one.of for one in SYSTEMS]), file=str(file)
        ),
        edit=lambda cluster, live: deploying(cluster, live["metadata"]["namespace"], live=live),
    ),
    Form(
        word="source",
        title="New ModelSource",
        resources=(SOURCES,),
        new=SourceWizard,
        opened=lambda cluster, namespace, file: SourceWizard(cluster, namespace, answers=load(file, SourceAnswers), file=str(file)),
        edit=lambda cluster, live: SourceWizard(cluster, live["metadata"]["namespace"], live=live),
    ),
)


def form_of(resource: Resource) -> Form | None:
    return next((form for form in FORMS if resource in form.resources), None)
