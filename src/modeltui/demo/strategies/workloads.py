"""Deployment, ReplicaSet and Job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig, parse_time
from modeltui.demo.errors import Object
from modeltui.demo.schema import printer
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default
from modeltui.demo.strategies.podspec import default_pod_spec, pod_spec_errors, pod_spec_warnings

_SELECTORS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"


def _container_columns(selector: str) -> tuple[Column, ...]:
    """`selector` is the sentence that describes the selector's column."""
    return (
        Column("Containers", priority=1, description="Names of each container in the template."),
        Column("Images", priority=1, description="Images referenced by each container in the template."),
        Column("Selector", priority=1, description=selector),
    )


def _container_cells(obj: Object) -> list[str]:
    containers = dig(obj, "spec", "template", "spec", "containers", default=[])
    return [
        ",".join(c.get("name", "") for c in containers),
        ",".join(c.get("image", "") for c in containers),
        selector_text(dig(obj, "spec", "selector", default={})),
    ]


def selector_text(selector: Object) -> str:
    """ "app=x,tier in (a,b)", or "<none>" """
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or []:
        match each.get("operator"):
            case "Exists":
                parts.append(each["key"])
            case "DoesNotExist":
                parts.append(f"!{each['key']}")
            case "In" | "NotIn":
                parts.append(f"{each['key']} {each['operator'].lower()} ({','.join(sorted(each.get('values') or []))})")
    return ",".join(parts) or "<none>"


def _template_errors(obj: Object, *, restart: tuple[str, ...]) -> list[FieldError]:
    template = dig(obj, "spec", "template", default={})
    wrong = metadata.check_labels(dig(template, "metadata", "labels", default={}), "spec.template.labels")
    wrong += pod_spec_errors(template.get("spec") or {}, "spec.template.spec")
    policy = dig(template, "spec", "restartPolicy")
    if not wrong and policy not in restart:
        wrong.append(metadata.unsupported("spec.template.spec.restartPolicy", policy, list(restart)))
    return wrong


class Replicated(Strategy):
    """What Deployment and ReplicaSet have in common: a template, a selector that matches it, and a count."""

    has_status = True
    counts_generation = True

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        set_default(obj["spec"], "replicas", 1)
        spec = dig(obj, "spec", "template", "spec")
        if isinstance(spec, dict):
            default_pod_spec(spec)

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {}

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        return pod_spec_warnings(dig(new, "spec", "template", "spec", default={}), "spec.template.spec")

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        selector = dig(new, "spec", "selector", default={})
        wrong: list[FieldError] = []
        if not dig(new, "spec", "selector"):
            wrong.append(metadata.required("spec.selector"))
        labels = dig(new, "spec", "template", "metadata", "labels", default={})
        if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
            wrong.append(metadata.wrong_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
        wrong += _template_errors(new, restart=("Always",))
        if int(dig(new, "spec", "replicas", default=0)) < 0:
            wrong.append(metadata.wrong_value("spec.replicas", new["spec"]["replicas"], "must be greater than or equal to 0"))
        if old is not None and selector != dig(old, "spec", "selector", default={}):
            wrong.append(metadata.wrong_value("spec.selector", selector, "field is immutable"))
        return wrong


class Deployments(Replicated):
    status_keeps = ("labels",)
    columns = (
        NAME,
        Column("Ready", description="Number of the pod with ready state"),
        Column("Up-to-date", shows="status.updatedReplicas"),
        Column("Available", shows="status.availableReplicas"),
        AGE,
        *_container_columns(
            "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. "
            "It must match the pod template's labels."
        ),
    )

    def default(self, obj: Object) -> None:
        super().default(obj)
        spec = obj["spec"]
        set_default(spec, "revisionHistoryLimit", 10)
        set_default(spec, "progressDeadlineSeconds", 600)
        set_default(spec, "strategy", {})
        set_default(spec["strategy"], "type", "RollingUpdate")
        if spec["strategy"]["type"] == "RollingUpdate":
            set_default(spec["strategy"], "rollingUpdate", {})
            set_default(spec["strategy"]["rollingUpdate"], "maxSurge", "25%")
            set_default(spec["strategy"]["rollingUpdate"], "maxUnavailable", "25%")

    def generated_state(self, obj: Object) -> Object:
        return {"spec": obj.get("spec"), "annotations": obj["metadata"].get("annotations") or {}}

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = super().validate(new, old)
        if dig(new, "spec", "strategy", "type") == "Recreate" and dig(new, "spec", "strategy", "rollingUpdate"):
            told = "may not be specified when strategy `type` is 'Recreate'"
            wrong.append(metadata.forbidden("spec.strategy.rollingUpdate", told))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        status = obj.get("status") or {}
        return [
            obj["metadata"]["name"],
            f"{status.get('readyReplicas', 0)}/{dig(obj, 'spec', 'replicas', default=1)}",
            status.get("updatedReplicas", 0),
            status.get("availableReplicas", 0),
            created(obj, now),
            *_container_cells(obj),
        ]


class ReplicaSets(Replicated):
    columns = (
        NAME,
        Column("Desired", type="integer", shows="spec.replicas"),
        Column("Current", type="integer", shows="status.replicas"),
        Column("Ready", type="integer", shows="status.readyReplicas"),
        AGE,
        *_container_columns(
            "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to "
            f"be controlled by this replica set. It must match the pod template's labels. More info: {_SELECTORS}"
        ),
    )

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"replicas": 0}

    def row(self, obj: Object, now: datetime) -> list[Any]:
        status = obj.get("status") or {}
        counts = [dig(obj, "spec", "replicas", default=1), status.get("replicas", 0), status.get("readyReplicas", 0)]
        return [obj["metadata"]["name"], *counts, created(obj, now), *_container_cells(obj)]


class Jobs(Strategy):
    default_propagation = "Orphan"  # what batch/v1 has always done
    has_status = True
    counts_generation = True
    fields: ClassVar[Mapping[str, FieldOf]] = {"status.successful": lambda obj: str(dig(obj, "status", "succeeded", default=0))}
    columns = (
        NAME,
        Column("Status", description="Status of the job."),
        Column("Completions", shows="status.succeeded"),
        Column("Duration", description="Time required to complete the job."),
        AGE,
        *_container_columns(
            "A label query over pods that should match the pod count. Normally, the system sets this field for you. "
            f"More info: {_SELECTORS}"
        ),
    )

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        spec = obj["spec"]
        if spec.get("completions") is None and spec.get("parallelism") is None:
            spec["completions"] = 1
        set_default(spec, "parallelism", 1)
        set_default(spec, "backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else 2**31 - 1)
        set_default(spec, "podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
        labels = dig(spec, "template", "metadata", "labels")
        if labels and not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)
        set_default(spec, "manualSelector", False)
        template = dig(spec, "template", "spec")
        if isinstance(template, dict):
            default_pod_spec(template)

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {}
        template = obj["spec"].get("template")
        if obj["spec"].get("manualSelector") or not isinstance(template, dict):
            return
        # Pods find their job by its uid.
        uid = obj["metadata"].setdefault("uid", str(uuid.uuid4()))
        meta = template.setdefault("metadata", {})
        unnamed = (obj["metadata"].get("labels") or {}) == (meta.get("labels") or {})
        names = {"controller-uid": uid, "job-name": obj["metadata"].get("name", "")}
        meta["labels"] = {**(meta.get("labels") or {}), **names, **{f"batch.kubernetes.io/{key}": value for key, value in names.items()}}
        if unnamed:
            obj["metadata"]["labels"] = dict(meta["labels"])  # a job without labels has those of its template
        obj["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}

    def prepare_update(self, new: Object, old: Object) -> None:
        if dig(new, "spec", "selector") is None and isinstance(new.get("spec"), dict) and dig(old, "spec", "selector") is not None:
            new["spec"]["selector"] = old["spec"]["selector"]

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        return pod_spec_warnings(dig(new, "spec", "template", "spec", default={}), "spec.template.spec")

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        if not dig(new, "spec", "template", "spec"):
            return [metadata.required("spec.template.spec.containers")]
        wrong = _template_errors(new, restart=("OnFailure", "Never"))
        if old is not None:
            for part in ("template", "selector", "completionMode"):
                if dig(new, "spec", part) != dig(old, "spec", part):
                    wrong.append(metadata.wrong_value(f"spec.{part}", dig(new, "spec", part), "field is immutable"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        status, spec = obj.get("status") or {}, obj.get("spec") or {}
        done = spec.get("completions")
        parallel = spec.get("parallelism") or 0
        total = str(done) if done is not None else (f"1 of {parallel}" if parallel > 1 else "1")
        started, ended = parse_time(status.get("startTime") or ""), parse_time(status.get("completionTime") or "")
        return [
            obj["metadata"]["name"],
            job_status(obj),
            f"{status.get('succeeded', 0)}/{total}",
            printer.age(started, now=ended or now) if started else "",
            created(obj, now),
            *_container_cells(obj),
        ]


def job_status(obj: Object) -> str:
    """The word of kubectl's Status column: an end says more than what led to it."""
    true = {each.get("type") for each in dig(obj, "status", "conditions", default=[]) if each.get("status") == "True"}
    for ended in ("Complete", "Failed"):
        if ended in true:
            return ended
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return next((word for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if word in true), "Running")
