"""What is known of KServe and of the Model Manager's way with it, sentence by sentence, and what shows each.

"6" and "7" are the reference's sections, "8" what it says of all systems, "fields" its tables of fields, "roadmap" the phases 2 and 4 of
the Model Manager's plan, "webhook" what KServe's own webhooks and controllers refuse beyond those.
"""

from __future__ import annotations

from typing import Final

from tests.systems.contract import Said
from tests.systems.kserve import test_catalogued_checks, traps_of_llm_and_others
from tests.systems.kserve.kserving import Trap
from tests.systems.kserve.traps_of_engine import ENGINE
from tests.systems.kserve.traps_of_needs import NEEDS
from tests.systems.kserve.traps_of_predictor import NAMES, RUNTIME, SHAPE, WORKERS
from tests.systems.kserve.traps_of_scaling import SCALING
from tests.systems.kserve.traps_of_storage import STORAGE

SECTIONS: Final = ("6", "7", "8", "fields", "roadmap", "webhook")
_TABLES: Final = {
    "": (*NAMES, *SHAPE, *RUNTIME, *WORKERS, *SCALING, *STORAGE, *NEEDS, *ENGINE),
    "catalog: ": test_catalogued_checks.TRAPS,
    "llm: ": traps_of_llm_and_others.LLM,
    "runtime: ": traps_of_llm_and_others.RUNTIME,
    "cache: ": traps_of_llm_and_others.CACHE,
}
TRAPS: Final[dict[str, Trap]] = {f"{kind}{trap.name}": trap for kind, table in _TABLES.items() for trap in table}
"""By a name that says the kind, of all but an InferenceService."""
_API: Final = "it is the Model Manager's own REST API, which the console does not speak: neither a manifest nor the cluster has any of it"
_LATER: Final = "downloads and files of weights are no part of deploying; nothing that is in a manifest names them"

CONTRACT: Final = [
    # ---- the Model Manager: what it manages
    Said(
        "6",
        "one InferenceService of a fixed name is managed, and its model is swapped",
        tests=(
            "test_activating.test_runtime_gpus_and_everything_else_stay",
            "test_story_activating.test_swapped_and_rolled_back_to_the_byte",
        ),
    ),
    Said(
        "6",
        "only a service that has a model can have it swapped",
        tests=("test_activating.test_a_model_that_stands_elsewhere_is_not_swapped",),
    ),
    Said("6", "some routes of its plan are not there under those names", why_not=_API),
    Said("6", "protected routes want a token; errors are one key of JSON", why_not=_API),
    Said("6", "weights are deleted by a body, not by a path", why_not=_API),
    Said("6", "what it installs, its jobs with five stages, its events", why_not=_API),
    Said("6", "a job's progress jumps from 25 to 100, and no checksum is verified", why_not=_API),
    Said("6", "names that are reserved in the folder of weights, and the marker in each", why_not=_LATER),
    Said(
        "6",
        "deactivating deletes the service; here it is stopped, and comes back as it was",
        tests=("test_activating.test_only_what_was_activated_can_be_deactivated_and_comes_back_as_it_was",),
    ),
    # ---- the Model Manager: its catalog
    Said(
        "6",
        "an entry's id is required, the runtime is vllm-runtime unless it is said",
        ("unknown",),
        ("test_catalog_files.test_what_is_wrong_with_an_entry_is_said_and_hides_no_other",),
    ),
    Said(
        "6",
        "an entry without a storageUri comes from the Hub",
        tests=("test_model_manager.test_without_weights_of_its_own_it_comes_from_the_hub",),
    ),
    Said(
        "6",
        "weights that are installed are in a claim of the namespace",
        ("no claim", "nothing behind it"),
        ("test_activating.test_weights_of_a_model_are_mounted_as_modelfs_keeps_them",),
    ),
    Said("6", "storage of an entry is a key of the Secret storage-config", ("a key that is not there",)),
    Said(
        "6",
        "the token comes from Secret hf-token, key HUGGING_FACE_HUB_TOKEN",
        ("no Secret", "no key", "a key that may be missing"),
        ("test_secret_spellings.test_a_token_is_written_as_each_system_reads_it",),
    ),
    Said("6", "a token may be written into env in clear", ("a token in clear", "an argument")),
    Said(
        "6",
        "serving.kserve.io/secretName names the Secret for weights",
        ("an annotation that leads to no Secret", "two Secrets to fetch with", "gated, with a Secret of other keys"),
    ),
    Said(
        "6",
        "model-manager/model-id notes which entry is active",
        tests=("test_model_manager.test_what_is_active_is_told_by_the_mark_and_not_by_what_is_stopped",),
    ),
    Said(
        "6",
        'storage.kserve.io/readonly is "false" for weights in a claim',
        ("written to, in another word", "written to, in a claim that can only be read"),
    ),
    Said(
        "6",
        "minReplicas is 1, modelFormat custom, and the runtime is named",
        ("disabled", "of another format"),
        ("test_model_manager.test_a_real_entry_becomes_the_manifest_that_is_expected",),
    ),
    Said(
        "6",
        "tensorParallelSize has to go with the GPUs",
        (
            "split over too few GPUs",
            "split in two directions",
            "split by the runtime",
            "split over too few GPUs, in a container of its own",
            "idle GPUs",
            "idle GPUs, since nobody says anything",
        ),
    ),
    Said("6", "dtype and gpuMemoryUtilization are vLLM's", ("a number of no name", "more memory than there is")),
    Said("6", "maxModelLen is at most what the model takes", ("catalog: more context than the model takes",)),
    Said(
        "6",
        "vLLM's arguments have one order, so that a service of its making shows no difference",
        tests=("test_model_manager.test_a_real_entry_becomes_the_manifest_that_is_expected",),
    ),
    Said(
        "6",
        "extraArgs that begin with --model, --host, --port or --served-model-name are dropped, --model-impl with them",
        tests=(
            "test_catalogued_checks.test_an_argument_of_an_entry_that_is_dropped_for_how_it_begins_is_told",
            "test_model_manager.test_extra_arguments_that_are_said_already_are_dropped_with_their_values",
        ),
    ),
    Said("6", "predictor.resources is no field of KServe's predictor", ("predictor.resources",)),
    Said(
        "6",
        "memory is estimated from the number in the model's id, and wrongly for quantised ones: what the catalog says is used, and said to "
        "be an estimate",
        ("catalog: no GPU", "catalog: too small a GPU", "catalog: too small a GPU where the node selector leads"),
    ),
    Said(
        "6",
        "GPU profiles are a file of what somebody believes of the hardware: nodes and their labels are asked instead",
        ("no such GPU", "too many"),
    ),
    Said("6", "its validation looks at storage, Secrets and the capacity of GPUs", ("no claim", "no Secret", "too many")),
    Said(
        "6",
        "its status of a runtime is that of the InferenceService, its Deployments, pods and GPUs",
        tests=("test_inference_service_rows.test_the_status_is_right_where_ready_is_not_the_whole_truth",),
    ),
    # ---- the plan's phases 2 and 4
    Said(
        "roadmap", "which engines run a model is known before it is deployed", ("catalog: an engine that the catalog does not know for it",)
    ),
    Said("roadmap", "GPUs are held against the model", ("catalog: too small a GPU",)),
    Said(
        "roadmap",
        "recommended flags, parallelism and quantisation",
        why_not="they are advice on what could be better; nothing is wrong with what says otherwise",
    ),
    Said(
        "roadmap",
        "a catalog has a schema, and what does not fit it is said",
        tests=(
            "test_catalog_files.test_a_mistake_is_one_sentence_and_hides_nothing",
            "test_catalog_files.test_the_good_entries_of_a_file_count_although_one_is_wrong",
        ),
    ),
    Said("roadmap", "catalogs are proposed as pull requests", why_not="it is about a repository of Git, not about the cluster"),
    Said(
        "roadmap",
        "activate, deactivate, dry run, preview and rollback",
        tests=("test_story_activating.test_swapped_and_rolled_back_to_the_byte", "test_story_activating.test_deactivated_and_active_again"),
    ),
    Said(
        "roadmap",
        "an activation is followed until the model serves, or it is plain why not",
        tests=("test_story_activating.test_one_that_fails_is_explained_and_taken_back",),
    ),
    # ---- KServe in brief
    Said(
        "7",
        "InferenceService is v1beta1, runtimes v1alpha1",
        tests=("test_inference_service_rows.test_every_real_manifest_is_read_as_it_is_written",),
    ),
    Said(
        "7",
        "LLMInferenceService is stored as v1alpha2, and v1alpha1 is served",
        tests=("test_llm_service_rows.test_the_older_version_has_a_view_of_its_own_and_reads_the_same",),
    ),
    Said("7", "model has a uri, which is required", ("llm: no uri", "llm: a bare id")),
    Said("7", "replicas or scaling, not both", ("llm: two ways to count", "llm: of prefill")),
    Said(
        "7", "baseRefs name LLMInferenceServiceConfigs", ("llm: no base",), ("test_failing_llm_services.test_a_config_that_is_not_there",)
    ),
    Said(
        "7",
        "v1alpha1 has model.criticality, v1alpha2 confidential and kvCacheOffloading in its place",
        ("llm: criticality", "llm: newer in older", "llm: newer in the prefill of older"),
    ),
    Said("7", "spec.workload is no field, though a sample has it", ("llm: workload", "llm: a typing error")),
    Said(
        "7",
        "router has gateway, route and scheduler",
        ("llm: a typing error of the router", "llm: two routes", "llm: a route of one's own through KServe's gateway"),
        ("test_failing_llm_services.test_a_route_without_the_gateway_api",),
    ),
    Said(
        "7", "worker, template and prefill make up the workload", ("llm: a typing error of prefill", "llm: a worker alone", "llm: no main")
    ),
    Said("7", "a LocalModelCache keeps its sourceModelUri", ("cache: another source", "cache: no source")),
    Said("7", "a LocalModelCache says its modelSize", ("cache: no size", "cache: a word", "cache: too large")),
    Said("7", "a LocalModelCache names one node group at least", ("cache: no group", "cache: an unknown group")),
    Said(
        "7",
        "status.copies, nodes, and the services that use a cache",
        tests=("test_kserve_operations.test_a_runtime_and_a_cache_say_who_uses_them",),
    ),
    Said(
        "7",
        "LocalModelNamespaceCache is new",
        why_not="the console has no table of that kind; the API server's own rules hold for it in the review",
    ),
    Said(
        "7",
        "nobody reports how far a download is, or how it ended",
        tests=("test_kserve_observed.test_a_failing_condition_says_what_to_do",),
    ),
    Said("7", "several nodes need LeaderWorkerSet", tests=("test_failing_llm_services.test_several_nodes_without_leader_worker_sets",)),
    Said("7", "DisaggregatedSet, RayService", why_not="no kind of this console makes them"),
    Said(
        "7",
        "OdhDashboardConfig is v1alpha, and many of its flags are deprecated",
        why_not="NIM on OpenDataHub is a system of its own, which is not built yet",
    ),
    Said("7", "the GPU operator's own kinds", why_not="they were not collected; nodes say what GPUs they have"),
    # ---- of all systems
    Said(
        "8",
        "names of children are never made up",
        tests=(
            "test_inference_service_rows.test_the_service_is_the_one_that_the_controller_names",
            "test_inference_service_rows.test_pods_are_found_by_their_label_alone",
            "test_llm_service_rows.test_pods_are_told_apart_by_their_labels",
        ),
    ),
    Said("8", "the raw word of a phase can be seen", tests=("test_inference_service_rows.test_the_raw_word_is_that_of_kserve",)),
    Said("8", "some conditions are good when False", tests=("test_condition_polarity.test_what_is_good_when_false_is_marked_so",)),
    Said("8", "no progress is made up", tests=("test_inference_service_rows.test_ready_is_unknown_without_pods_and_never_zero",)),
    Said(
        "8",
        "each system reads a token under a key of its own",
        ("gated", "gated, with a Secret for fetching", "gated, with a Secret of other keys"),
        ("test_secret_spellings.test_a_key_spelled_for_another_system_is_recognised",),
    ),
    Said(
        "8",
        "versions are found by discovery, and the stored one is written",
        tests=(
            "test_llm_service_rows.test_the_older_version_has_a_view_of_its_own_and_reads_the_same",
            "test_discovery_client.test_a_kind_left_in_an_old_version_only_is_found_there",
        ),
    ),
    Said(
        "8",
        "pruning hides typing errors: everything is asked strictly before it is sent",
        ("llm: a typing error",),
        ("test_refusal_sentences.test_every_unknown_field_of_a_strict_decoding",),
    ),
    Said(
        "8",
        "what cannot be changed is deleted and made anew",
        (
            "cache: another source",
            "another mode",
            "llm: another number of nodes",
            "llm: of prefill's nodes",
            "llm: prefill added",
            "llm: prefill taken away",
        ),
    ),
    # ---- tables of fields
    Said(
        "fields",
        "bounds of an LLM's autoscaler, and one way that scales it",
        ("llm: no maximum", "llm: wrong way round", "llm: scaled by nobody", "llm: less than none"),
    ),
    Said(
        "fields",
        "parallelism counts from 1",
        ("llm: data alone", "llm: uneven", "llm: pipeline and data", "llm: split over too few GPUs", "llm: idle GPUs"),
    ),
    Said("fields", "adapters have names", ("llm: two adapters of a name", "llm: an adapter called as the model")),
    Said("fields", "a scheduler's config is a text or a reference", ("llm: two configs", "llm: no config", "llm: no scheduler")),
    Said("fields", "devices may be claimed by annotation", ("llm: devices twice", "llm: some devices")),
    # ---- KServe's webhooks and controllers
    Said(
        "webhook",
        "names of services become names of Services and labels",
        (
            "no name",
            "a dot",
            "a digit first",
            "54 characters",
            "49 characters",
            "49 characters under Knative",
            "llm: no name",
            "llm: 64 characters",
        ),
    ),
    Said(
        "webhook",
        "a predictor is exactly one thing, and its container has no name",
        ("nothing", "nothing but a container", "two", "no format", "a name"),
    ),
    Said(
        "webhook",
        "a runtime is found by name or by format",
        ("of another protocol", "for many models", "none chosen", "one that would do", "two alike"),
    ),
    Said(
        "webhook",
        "a runtime has the container that models are laid over, and no rival",
        ("runtime: no kserve-container", "runtime: no format", "runtime: a rival", "runtime: a rival without priority"),
    ),
    Said(
        "webhook",
        "several nodes: one container, weights in a claim or an image, no autoscaler, sizes in workerSpec",
        ("two containers", "no stage", "from the Hub", "scaled", "by variable", "a runtime of one node"),
    ),
    Said("webhook", "bounds of replicas", ("fewer than none", "at most fewer than none", "the wrong way round", "of the transformer")),
    Said(
        "webhook",
        "what an autoscaler or a mode does not do",
        ("zero in Standard", "canary in Standard", "an unknown autoscaler", "an unknown mode"),
    ),
    Said(
        "webhook",
        "the stop annotation is true or false",
        ("stop of another word", "made stopped", "llm: made stopped"),
        ("test_kserve_operations.test_none_at_all_is_the_annotation_and_leaves_the_replicas_as_they_are",),
    ),
    Said(
        "webhook",
        "schemes that its initializer reads",
        ("a Hub id", "a path", "another scheme", "half an id", "a blank", "both", "a relative place", "cache: a claim"),
    ),
    Said(
        "webhook",
        "an initializer without credentials goes round in circles",
        (
            "S3 without credentials",
            "llm: S3",
            "llm: gated",
            "llm: gated, with a token",
            "llm: gated, of a base",
            "llm: gated, fetched in another way",
            "cache: gated",
        ),
    ),
    Said(
        "webhook",
        "claims and accounts have to be there",
        ("a claim of one node", "a mounted claim", "no account", "llm: no claim", "llm: no account", "llm: no Secret"),
    ),
    Said(
        "webhook", "GPUs are requested as they are limited, in whole ones", ("no limit", "another limit", "half a GPU", "llm: no such GPU")
    ),
    Said(
        "webhook",
        "limits that it fills in, or that a runtime has, may be below what is requested",
        (
            "more memory than the limit",
            "more memory than the limit of the runtime that will be chosen",
            "more cores than the limit of the runtime that is named",
            "more cores than KServe gives where nobody says a limit",
            "more memory than KServe gives, but for a runtime that says how much",
        ),
    ),
    Said(
        "webhook",
        "what an LLM's engine is told stands in a variable",
        ("llm: more context than the model takes", "llm: a number of no name", "llm: no GPU"),
    ),
]
