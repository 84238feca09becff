"""What is known of the NIM operator's kinds, sentence by sentence, and what shows each.

"5.7" is the reference's section, "8" what it says of all systems, "fields" its tables of fields with the CRDs' rules, "webhook" what the
operator's webhooks and controllers refuse beyond those.
"""

from __future__ import annotations

from typing import Final

from tests.systems.contract import Said
from tests.systems.kserve.kserving import Trap
from tests.systems.nim_operator.nim_cache_traps import CACHE
from tests.systems.nim_operator.nim_service_traps import SERVICE

SECTIONS: Final = ("5.7", "8", "fields", "webhook")
TRAPS: Final[dict[str, Trap]] = {trap.name: trap for trap in (*SERVICE, *CACHE)}

CONTRACT: Final = [
    # ---- NIMService
    Said(
        "5.7",
        "on KServe it becomes an InferenceService; what KServe reads of it stands in spec.annotations and spec.labels",
        ("NIM: stop in metadata", "NIM: visibility in metadata", "NIM: 54 characters on KServe"),
    ),
    Said("5.7", "the image has a repository and a tag", ("NIM: no tag",)),
    Said(
        "5.7",
        "its pull secrets are in the namespace",
        ("NIM: no Secret",),
        ("test_failing_nim_operator.test_the_registry_wants_a_login",),
    ),
    Said(
        "5.7",
        "authSecret holds the key as NGC_API_KEY, and not as the dashboard spells it",
        ("NIM: the key of the dashboard", "NIM: a key that is only for the NGC", "NIM: the key of another system"),
    ),
    Said("5.7", "operators up to 3.1.0 require authSecret, newer ones do not", ("NIM: no authSecret",)),
    Said("5.7", "a key may be written into env in clear", ("NIM: a key in clear", "NIMCache: a key in clear", "NIM: a variable of no key")),
    Said("5.7", "replicas are 0 or more", ("NIM: less than none",)),
    Said("5.7", "resources ask for GPUs", ("NIM: too many GPUs", "NIM: GPUs without a limit")),
    Said("5.7", "weights are in a claim", ("NIM: no claim", "NIM: a claim of one node", "NIM: a claim nobody names")),
    Said(
        "5.7",
        "it is stopped by the annotation in its spec, on KServe only",
        ("NIM: stop of one that stands alone", "NIM: stop of another word", "NIM: made stopped"),
        ("test_nim_checks_and_operations.test_one_on_kserve_is_stopped_by_the_annotation_that_is_handed_on",),
    ),
    Said("5.7", "state, and the condition that explains it", tests=("test_nim_operator_rows.test_the_status_of_a_service",)),
    Said(
        "5.7",
        "pods have two labels by which they are found",
        tests=("test_nim_operator_rows.test_the_endpoint_is_what_the_operator_reports",),
    ),
    Said(
        "5.7",
        "a pull that fails shows as NotReady only, and is to be told clearly",
        tests=("test_failing_nim_operator.test_the_registry_wants_a_login", "test_why.test_the_registrys_answer"),
    ),
    Said(
        "5.7",
        "runtimeClass",
        why_not="which classes of runtime a cluster has is not asked; a pod that names none that is there is refused with a word",
    ),
    # ---- NIMCache
    Said("5.7", "its source is exactly one of ngc, hf and dataStore", ("NIMCache: two sources", "NIMCache: no source")),
    Said(
        "5.7",
        "modelPuller is required and immutable",
        ("NIMCache: no puller", "NIMCache: no puller for the Hub", "NIMCache: another puller"),
    ),
    Said("5.7", "of the NGC, authSecret is required, with NGC_API_KEY", ("NIMCache: no authSecret", "NIMCache: the key of the dashboard")),
    Said("5.7", "of the Hub, authSecret is required, with HF_TOKEN", ("NIMCache: the token of another system", "NIMCache: no Secret")),
    Said(
        "5.7",
        "of the Hub, a model or a dataset of an organisation",
        (
            *("NIMCache: a model and a dataset", "NIMCache: neither model nor dataset", "NIMCache: no organisation"),
            *("NIMCache: the organisation twice", "NIMCache: no pullSecret"),
        ),
    ),
    Said(
        "5.7",
        "of the NGC, profiles are named, or chosen by what they are for",
        ("NIMCache: profiles, and what they are chosen by", "NIMCache: all, and others", "NIMCache: a quality of no name"),
    ),
    Said(
        "5.7",
        "its claim is made, with a size, or there",
        (
            *("NIMCache: no storage", "NIMCache: no claim", "NIMCache: a claim without a size"),
            *("NIM: a claim without a size", "NIM: a claim of a size that is none", "NIM: an access mode of no name"),
        ),
    ),
    Said("5.7", "states and conditions of a cache", tests=("test_nim_operator_rows.test_the_status_of_a_cache",)),
    Said("5.7", "no percentage of a download", tests=("test_nim_operator_rows.test_a_cache_as_a_row",)),
    Said(
        "5.7",
        "a service waits for its cache",
        ("NIM: no cache", "NIM: a cache that has failed", "NIM: a profile that the cache has not", "NIM: a cache of one node"),
        ("test_nim_consequences.test_a_service_is_held_up_by_its_cache", "test_failing_nim_operator.test_the_cache_is_not_ready"),
    ),
    Said("5.7", "pods of a cache that are not found", why_not="it is a race in the operator, which passes by itself"),
    # ---- of all systems
    Said("8", "the raw word of a phase can be seen", tests=("test_nim_operator_rows.test_the_status_of_a_service",)),
    Said("8", "some conditions are good when False", tests=("test_condition_polarity.test_what_is_good_when_false_is_marked_so",)),
    Said(
        "8",
        "pruning hides typing errors: spec.router stands in spec.expose",
        ("NIM: a router where none is", "NIMCache: a field of no name"),
    ),
    Said(
        "8",
        "what cannot be changed is deleted and made anew",
        ("NIMCache: another puller", "NIM: other nodes than before", "NIM: other devices than before", "NIM: another claim than was made"),
    ),
    # ---- tables of fields
    Said("fields", "replicas or an autoscaler", ("NIM: counted and scaled", "NIM: bounds the wrong way round")),
    Said("fields", "several nodes are not scaled", ("NIM: several nodes and scaled",)),
    Said("fields", "mpi or ray", ("NIM: two ways to start nodes",)),
    Said("fields", "gateway or ingress", ("NIM: two ways in",)),
    Said("fields", "expose.ingress is deprecated, and not beside the router's", ("NIM: an ingress twice",)),
    Said("fields", "devices are claimed in exactly one way", ("NIM: devices claimed twice", "NIM: one claim for several")),
    Said("fields", "model or modelEndpoint", ("NIMCache: a model and an endpoint",)),
    # ---- webhook and controllers
    Said(
        "webhook",
        "names become names of Services and labels",
        ("NIM: no name", "NIM: a dot in the name", "NIM: 64 characters", "NIMCache: no name"),
    ),
    Said("webhook", "exactly one storage", ("NIM: no storage", "NIM: two storages", "NIM: a profile of nothing")),
    Said("webhook", "devices are not claimed in resources", ("NIM: devices in resources",)),
    Said("webhook", "an autoscaler has bounds", ("NIM: scaled without bounds",)),
    Said(
        "webhook",
        "on Knative no autoscaler, ingress or metrics of the operator's, and on KServe no several nodes",
        ("NIM: scale on Knative", "NIM: expose.ingress on Knative", "NIM: metrics on Knative", "NIM: several nodes on KServe"),
    ),
    Said(
        "webhook",
        "each of several nodes splits the model over its GPUs",
        ("NIM: split over too few GPUs",),
        ("test_failing_nim_operator.test_several_nodes_without_leader_worker_sets",),
    ),
]
