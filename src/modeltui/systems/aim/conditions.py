"""What the conditions of AIM Engine's kinds mean. Pure.

All of them are good when True, but for what is only an activity. The reason of one that is False says what is the matter, and the
table says of each reason how bad that is, in plain words, and what helps. `Ready`, `ConfigValid`, `AuthValid` and
`DependenciesReachable` sum up what the others tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Phase, Subject
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text

ORDER: Final = (
    *("RuntimeConfigReady", "ImageMetadataReady", "ModelFound", "ModelReady", "Discovered", "ServiceTemplatesReady", "TemplateFound"),
    *("TemplateReady", "StorageQuotaReady", "CachePvcReady", "CheckSizeJobReady", "DownloadJobPodsReady", "DownloadJobReady"),
    *("DownloadComplete", "ArtifactsReady", "CacheReady", "InferenceServicePodsReady", "InferenceServiceReady", "HTTPRouteReady"),
    *("HPAReady", "AuthValid", "ConfigValid", "DependenciesReachable", "Ready"),
)
"""As one thing waits for another: the first that is not well holds the others up. The summaries come last."""
SUMMARIES: Final = frozenset({"AuthValid", "ConfigValid", "DependenciesReachable", "Ready"})
ACTIVITIES: Final = frozenset({"Syncing"})
"""What is being done just now: neither way is better."""
NO_TEMPLATE: Final[Subject] = ("template", "")
"""No template is chosen: the condition says so, and the checks of the spec why."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a reason: the phase that it puts the object in, what it says, what to do, and what others may speak of, too."""

    phase: Phase
    says: str
    remedy: str = ""
    subject: Subject | None = None


_WAIT: Final = "It goes on by itself; if it stays so, look at what it waits for."
_LABELS: Final = "Add such a node, or look whether AMD's labeller runs on those that have one: the label is amd.com/gpu.device-id."
_PULL: Final = "Name a Secret of type kubernetes.io/dockerconfigjson in imagePullSecrets"

MEANINGS: Final = {
    # configuration
    "InvalidSpec": Meaning(Phase.FAILED, "The spec cannot be carried out", "Correct what the message names."),
    "ReferenceNotFound": Meaning(Phase.FAILED, "Something that it names is not there", "Create it, or correct the name."),
    "RuntimeConfigNotFound": Meaning(
        Phase.FAILED, "The runtime config that it names is not there", "Create it, in the namespace or in the cluster, or correct the name."
    ),
    "ComponentsNotReady": Meaning(Phase.PROCESSING, "Some of what it needs is not ready", "The other conditions say what."),
    "Progressing": Meaning(Phase.PROCESSING, "It is being brought about", _WAIT),
    "AuthError": Meaning(
        Phase.FAILED, "A registry or a hub refused the credentials", "Look at the Secrets that it names: whether they are there, and valid."
    ),
    "InfrastructureError": Meaning(
        Phase.DEGRADED, "AIM Engine cannot reach what it depends on", "It tries again by itself; look at the API server and the registry."
    ),
    # model
    "ModelNotFound": Meaning(
        Phase.FAILED,
        "There is no such model, neither in the namespace nor in the cluster",
        "Create an AIMModel (or AIMClusterModel) of that name; or delete the service and make it with another model.",
    ),
    "ModelNotReady": Meaning(Phase.PROCESSING, "Its model is not ready", "Look at the model's own conditions."),
    "CreatingModel": Meaning(Phase.PROCESSING, "An AIMModel is being made for it", _WAIT),
    "InvalidImageReference": Meaning(
        Phase.FAILED, "spec.model.image is no image reference", "Make the service anew with an image such as registry/name:tag."
    ),
    "MultipleModelsFound": Meaning(
        Phase.FAILED, "Several models have that image", "Name one of them: make the service anew with spec.model.name."
    ),
    "AwaitingMetadata": Meaning(Phase.PROCESSING, "What the image says of itself is still being read", _WAIT),
    "MetadataExtractionFailed": Meaning(
        Phase.FAILED,
        "What the image says of itself cannot be read",
        "Is it an AIM image, and may it be pulled? Without registry access set spec.imageMetadata.",
    ),
    "CreatingTemplates": Meaning(Phase.PROCESSING, "Its templates are being made", _WAIT),
    "TemplatesProgressing": Meaning(Phase.PROCESSING, "Its templates are not ready yet", _WAIT),
    "SomeTemplatesDegraded": Meaning(Phase.DEGRADED, "Some of its templates are not in order", "Look at those templates."),
    "AllTemplatesFailed": Meaning(Phase.FAILED, "All of its templates failed", "Look at the templates: their conditions say why."),
    "NoTemplatesAvailable": Meaning(
        Phase.DEGRADED, "None of its templates can be used here", "They want GPUs that no node has: add a template for those there are."
    ),
    # template
    "TemplateNotFound": Meaning(
        Phase.FAILED,
        "No template can be used",
        "AIM Engine waits for one: make a template that fits, or make the service anew with other demands.",
        NO_TEMPLATE,
    ),
    "TemplateNotReady": Meaning(Phase.PROCESSING, "Its template is not ready", "Look at the template's own conditions."),
    "TemplateSelectionAmbiguous": Meaning(
        Phase.FAILED,
        "Several templates fit equally well, and AIM Engine chooses none of them",
        "Make the service anew with spec.template.name, or with overrides that tell them apart; or delete templates.",
    ),
    "TemplateSelectionFailed": Meaning(Phase.FAILED, "No template could be chosen", "Name one in spec.template.name."),
    "AwaitingDiscovery": Meaning(Phase.PROCESSING, "A discovery Job asks the image for its profiles; at most ten run at a time", _WAIT),
    "DiscoveryFailed": Meaning(
        Phase.FAILED, "The image did not say which profiles it has", "Look at the discovery Job's log; give spec.modelSources instead."
    ),
    "DiscoveryRunning": Meaning(Phase.PROCESSING, "A discovery Job asks the image for its profiles", _WAIT),
    "TemplateFailed": Meaning(Phase.FAILED, "Its template failed", "Look at the template's own conditions."),
    "TemplateNotAvailable": Meaning(Phase.FAILED, "No node has the GPU that its template wants", _LABELS),
    "GPUNotAvailable": Meaning(Phase.DEGRADED, "No node has the GPU that it wants", _LABELS),
    # weights
    "CacheCreating": Meaning(Phase.PROCESSING, "Its weights are about to be fetched", _WAIT),
    "CreatingCaches": Meaning(Phase.PROCESSING, "Its weights are about to be fetched", _WAIT),
    "Creating": Meaning(Phase.PROCESSING, "Its weights are about to be fetched", _WAIT),
    "CacheNotReady": Meaning(Phase.PROCESSING, "Its weights are being fetched", "The AIMArtifacts say how far that is."),
    "CachesNotReady": Meaning(Phase.PROCESSING, "Its weights are being fetched", "The AIMArtifacts say how far that is."),
    "CacheFailed": Meaning(
        Phase.FAILED,
        "Its weights could not be fetched",
        "Look at the AIMArtifact and the log of its download. When the cause is gone, delete the failed AIMArtifact: it is made anew.",
    ),
    "CacheLost": Meaning(
        Phase.DEGRADED,
        "The cache with its weights was deleted; what runs still holds the volume, a new pod may not find it",
        "Make an AIMTemplateCache for its template, or delete the service and make it anew.",
    ),
    "StorageSizeError": Meaning(
        Phase.FAILED,
        "How much storage its weights need is not known",
        "Give the size: modelSources[].size of the model or the template.",
    ),
    "ArtifactsProgressing": Meaning(Phase.PROCESSING, "Its weights are being fetched", "The AIMArtifacts say how far that is."),
    "ArtifactFailed": Meaning(
        Phase.FAILED, "Some of its weights could not be fetched", "Look at the AIMArtifact and the log of its download."
    ),
    "CheckingSize": Meaning(Phase.PROCESSING, "A Job finds out how large the weights are", _WAIT),
    "SizeCheckFailed": Meaning(
        Phase.FAILED, "How large the weights are could not be found out", "Is the address right, the token valid? Or give spec.size."
    ),
    "DownloadFailed": Meaning(
        Phase.FAILED, "The weights could not be fetched", "Look at the log of the download: address, credentials, space on the volume."
    ),
    "Downloading": Meaning(Phase.PROCESSING, "Being downloaded", _WAIT),
    "Verifying": Meaning(Phase.PROCESSING, "Downloaded, and being verified", _WAIT),
    "RetryBackoff": Meaning(
        Phase.DEGRADED, "The download failed and will be tried again", "Look at the log of the last download, if it does not get through."
    ),
    "Failed": Meaning(Phase.FAILED, "It failed", "Look at the log of its Job."),
    "PVCProvisioning": Meaning(Phase.PROCESSING, "Its volume is being made", _WAIT),
    "PVCPending": Meaning(
        Phase.PROCESSING, "Its claim has no volume yet", "If it stays so: does the StorageClass exist, and can it make ReadWriteMany?"
    ),
    "PVCNotBound": Meaning(
        Phase.PROCESSING, "Its claim is not bound", "If it stays so: does the StorageClass exist, and can it make ReadWriteMany?"
    ),
    "PVCLost": Meaning(Phase.FAILED, "The volume of its claim is gone", "Delete the AIMArtifact: its weights are then fetched anew."),
    # pods
    "ImagePullAuthFailure": Meaning(Phase.FAILED, "The registry refused the credentials for its image", f"{_PULL}."),
    "ImageNotFound": Meaning(
        Phase.FAILED,
        "Its image is not there",
        "Correct the reference. A registry may say so of a private image, too, instead of asking who you are.",
    ),
    "ImagePullBackOff": Meaning(Phase.FAILED, "Its image cannot be pulled", f"Is the reference right, the registry in reach? {_PULL}."),
    "ErrImagePull": Meaning(Phase.FAILED, "Its image cannot be pulled", f"Is the reference right, the registry in reach? {_PULL}."),
    "PodsNotReady": Meaning(Phase.PROCESSING, "Its pods are not ready", "They say themselves what they wait for."),
    "ServerlessModeRejected": Meaning(
        Phase.FAILED, "KServe wants Knative, which is not installed", "Set KServe's default deployment mode to Standard (RawDeployment)."
    ),
    "InternalError": Meaning(Phase.FAILED, "KServe cannot carry it out", "Look at the events of its InferenceService."),
    "CreatingRuntime": Meaning(Phase.PROCESSING, "Its InferenceService is not ready", "Its pods say what they wait for."),
    "RuntimeScaling": Meaning(Phase.PROCESSING, "The number of its replicas is changing", _WAIT),
    # route
    "HTTPRoutePending": Meaning(
        Phase.PROCESSING, "The gateway has not accepted its route yet", "Is there such a Gateway, and does it listen?"
    ),
    "HTTPRouteCreating": Meaning(Phase.PROCESSING, "Its route is being made", _WAIT),
    "PathTemplateInvalid": Meaning(
        Phase.FAILED,
        "The path of its route cannot be made",
        "Correct routing.pathTemplate (of the service or its runtime config), or set the label that it names.",
    ),
    "GatewayNotConfigured": Meaning(
        Phase.FAILED, "Routing is on, and no gateway is named", "Set routing.gatewayRef in the service or its runtime config."
    ),
    # sources of models
    "ConnectionFailed": Meaning(
        Phase.DEGRADED,
        "Its registry does not answer",
        "Look at spec.registry, and at the Secrets for it. It is asked again at the next interval.",
    ),
    "RegistryUnreachable": Meaning(
        Phase.DEGRADED,
        "Its registry does not answer",
        "Look at spec.registry, and at the Secrets for it. It is asked again at the next interval.",
    ),
    "NoMatches": Meaning(Phase.DEGRADED, "No image of the registry passes its filters", "Correct spec.filters: image, exclude, versions."),
    # autoscaler
    "HPANotFound": Meaning(Phase.PROCESSING, "KEDA has not made its autoscaler yet", "Is KEDA installed? It is needed for autoscaling."),
    "WaitingForMetrics": Meaning(Phase.PROCESSING, "Its autoscaler has no metrics yet", _WAIT),
}
"""Of conditions that are False. Reasons of health, such as ModelResolved, are not among them."""

RAW_PHASES: Final = {
    "Pending": Phase.PENDING,
    "Starting": Phase.PROCESSING,
    "Progressing": Phase.PROCESSING,
    "Running": Phase.READY,
    "Ready": Phase.READY,
    "Degraded": Phase.DEGRADED,
    "NotAvailable": Phase.DEGRADED,
    "Failed": Phase.FAILED,
}
"""`status.status`: of its components' the worst, by AIM Engine's own ranking, in which NotAvailable is worse than Degraded."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One condition that is not True, and what it means."""

    condition: Condition
    meaning: Meaning

    @property
    def sentence(self) -> str:
        """What it says, and AIM Engine's own words where they add to it; without an end."""
        message = redact_text(" ".join(self.condition.message.split())).rstrip(".")
        said = self.meaning.says
        return f"{said}: {message}" if message and message.lower() != said.lower() else said


def troubles(conditions: Iterable[Condition], raw: str) -> list[Trouble]:
    """What is False, in the order in which one holds up the other. `raw` tells how bad a reason is that is not known."""
    found = [one for one in conditions if one.status == "False" and one.type not in ACTIVITIES]
    known = [Trouble(one, meaning_of(one, raw)) for one in sorted(found, key=_place)]
    told = [trouble for trouble in known if trouble.condition.type not in SUMMARIES]
    return [one for one in known if one.condition.type not in SUMMARIES or _adds(one, told)]


def _adds(summary: Trouble, told: Iterable[Trouble]) -> bool:
    """Whether a summary says more than those that it sums up. A summary that is worse than all of them does."""
    others = list(told)
    return not others or summary.meaning.phase.severity > max(one.meaning.phase.severity for one in others)


def _place(condition: Condition) -> int:
    return ORDER.index(condition.type) if condition.type in ORDER else ORDER.index("AuthValid")


def meaning_of(condition: Condition, raw: str = "") -> Meaning:
    known = MEANINGS.get(condition.reason)
    if known is not None:
        return known
    phase = RAW_PHASES.get(raw, Phase.PROCESSING)
    if phase in (Phase.READY, Phase.PENDING):
        phase = Phase.PROCESSING
    return Meaning(phase, f"{condition.type} is not met ({condition.reason or 'no reason given'})")


def is_true(conditions: Iterable[Condition], kind: str) -> bool:
    return any(one.type == kind and one.status == "True" for one in conditions)


def reason_of(conditions: Iterable[Condition], kind: str) -> str:
    """ "" when there is no such condition."""
    return next((one.reason for one in conditions if one.type == kind), "")
