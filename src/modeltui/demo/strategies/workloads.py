"""Deployment, ReplicaSet and Job."""

from __future__ import annotations

import re
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
from modeltui.demo.strategies.podrules import pod_spec_errors
from modeltui.demo.strategies.podspec import default_pod_spec, pod_spec_warnings

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
    broken = pod_spec_errors(template.get("spec") or {}, "spec.template.spec")
    policy = dig(template, "spec", "restartPolicy", default="Always")
    if policy not in restart:
        broken.append(metadata.unsupported("spec.template.spec.restartPolicy", policy, list(restart)))
    return wrong + broken


def selector_errors(selector: Object, at: str) -> list[FieldError]:
    wrong = metadata.check_labels(selector.get("matchLabels") or {}, f"{at}.matchLabels")
    for index, each in enumerate(selector.get("matchExpressions") or []):
        here, operator, values = f"{at}.matchExpressions[{index}]", each.get("operator"), each.get("values")
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            wrong.append(metadata.wrong_value(f"{here}.operator", operator, "not a valid selector operator"))
        elif operator in ("In", "NotIn") and not values:
            wrong.append(metadata.required(f"{here}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist") and values:
            wrong.append(metadata.forbidden(f"{here}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
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
        labels = dig(new, "spec", "template", "metadata", "labels", default={})
        wrong: list[FieldError] = []
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            wrong.append(metadata.required("spec.selector"))
        elif bad := selector_errors(selector, "spec.selector"):
            wrong += [*bad, metadata.wrong_value("spec.selector", selector, "invalid label selector")]
        elif not _selects(selector, labels):
            wrong.append(metadata.wrong_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
        if dig(new, "spec", "selector") is None:
            wrong.append(metadata.wrong_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
        wrong += _template_errors(new, restart=("Always",))
        if dig(new, "spec", "template", "spec", "activeDeadlineSeconds") is not None:
            told = "activeDeadlineSeconds in ReplicaSet is not Supported"
            wrong.append(metadata.forbidden("spec.template.spec.activeDeadlineSeconds", told))
        if old is not None and selector != dig(old, "spec", "selector", default={}):
            wrong.append(metadata.wrong_value("spec.selector", selector, "field is immutable"))
        return wrong


def _selects(selector: Object, labels: Object) -> bool:
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        {
            "In": labels.get(each["key"]) in (each.get("values") or []),
            "NotIn": labels.get(each["key"]) not in (each.get("values") or []),
            "Exists": each["key"] in labels,
            "DoesNotExist": each["key"] not in labels,
        }[each["operator"]]
        for each in selector.get("matchExpressions") or []
    )


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
        spec = new.get("spec") or {}
        wrong = [*super().validate(new, old), *_strategy_errors(spec.get("strategy") or {})]
        deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds", 0)
        if deadline is not None and deadline <= ready:
            wrong.append(metadata.wrong_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
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


def _strategy_errors(strategy: Object) -> list[FieldError]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind not in ("Recreate", "RollingUpdate"):
        return [metadata.unsupported("spec.strategy", strategy, ["Recreate", "RollingUpdate"])]
    if kind == "Recreate":
        told = "may not be specified when strategy `type` is 'Recreate'"
        return [] if rolling is None else [metadata.forbidden("spec.strategy.rollingUpdate", told)]
    wrong: list[FieldError] = []
    for part in ("maxUnavailable", "maxSurge"):
        value = (rolling or {}).get(part, 0)
        if isinstance(value, str) and not re.fullmatch("[0-9]+%", value):
            told = "a valid percent string must be a numeric string followed by an ending '%'"
            wrong.append(metadata.wrong_value(f"spec.strategy.rollingUpdate.{part}", value, told))
        elif isinstance(value, int) and value < 0:
            wrong.append(metadata.wrong_value(f"spec.strategy.rollingUpdate.{part}", value, "must be greater than or equal to 0"))
        elif part == "maxUnavailable" and isinstance(value, str) and int(value[:-1]) > 100:
            wrong.append(metadata.wrong_value("spec.strategy.rollingUpdate.maxUnavailable", value, "must not be greater than 100%"))
    if not wrong and all((rolling or {}).get(part) in (0, "0%") for part in ("maxUnavailable", "maxSurge")):
        told = "may not be 0 when `maxSurge` is 0"
        wrong.append(metadata.wrong_value("spec.strategy.rollingUpdate.maxUnavailable", rolling, told))
    return wrong


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
        set_default(obj["spec"], "selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})

    def prepare_update(self, new: Object, old: Object) -> None:
        if dig(new, "spec", "selector") is None and isinstance(new.get("spec"), dict) and dig(old, "spec", "selector") is not None:
            new["spec"]["selector"] = old["spec"]["selector"]

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        return pod_spec_warnings(dig(new, "spec", "template", "spec", default={}), "spec.template.spec")

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = [*_template_errors(new, restart=("OnFailure", "Never")), *_job_selector_errors(new), *_index_errors(new.get("spec") or {})]
        if old is not None:
            for part in ("template", "selector", "completionMode", "completions"):
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


def _job_selector_errors(job: Object) -> list[FieldError]:
    """A job finds its pods by its own uid, unless it says that it does not."""
    spec, selector = job.get("spec") or {}, dig(job, "spec", "selector", default={})
    labels = dig(spec, "template", "metadata", "labels", default={})
    own = {"matchLabels": {"batch.kubernetes.io/controller-uid": job["metadata"].get("uid", "")}}
    told = "`selector` does not match template `labels`" if spec.get("manualSelector") else "`selector` not auto-generated"
    wrong: list[FieldError] = []
    if not selector:
        wrong.append(metadata.required("spec.selector"))
    elif not spec.get("manualSelector") and selector != own:
        wrong.append(metadata.wrong_value("spec.selector", selector, told))
    if not selector or not _selects(selector, labels):
        wrong.append(metadata.wrong_value("spec.template.metadata.labels", labels, told))
    return wrong


def _index_errors(spec: Object) -> list[FieldError]:
    wrong: list[FieldError] = []
    policies = ["Failed", "TerminatingOrFailed"]
    if spec.get("podReplacementPolicy") not in (None, *policies):
        wrong.append(metadata.unsupported("spec.podReplacementPolicy", spec["podReplacementPolicy"], policies))
    if spec.get("completionMode") == "Indexed":
        if spec.get("completions") is None:
            wrong.append(metadata.required("spec.completions", "when completion mode is Indexed"))
        return wrong
    if spec.get("backoffLimitPerIndex") is not None:
        wrong.append(metadata.wrong_value("spec.backoffLimitPerIndex", spec["backoffLimitPerIndex"], "requires indexed completion mode"))
    if spec.get("maxFailedIndexes") is not None:
        wrong.append(metadata.wrong_value("spec.maxFailedIndexes", spec["maxFailedIndexes"], "requires indexed completion mode"))
        if spec.get("backoffLimitPerIndex") is None:
            wrong.append(metadata.required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    return wrong


def job_status(obj: Object) -> str:
    """The word of kubectl's Status column: an end says more than what led to it."""
    true = {each.get("type") for each in dig(obj, "status", "conditions", default=[]) if each.get("status") == "True"}
    for ended in ("Complete", "Failed"):
        if ended in true:
            return ended
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return next((word for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if word in true), "Running")
