"""What is known of AI Runway, sentence by sentence, and what shows each.

"4.1" is the reference's section, "fields" its table of fields, "wishes" what its users ask for most.
"""

from __future__ import annotations

from typing import Final

from tests.systems.contract import Said

from modeltui.systems.airunway.checks import overrides

SECTIONS: Final = ("4.1", "fields", "wishes")
_BACKEND: Final = "it is AI Runway's own backend, which the console does not speak: it asks the API server alone"

CONTRACT: Final = [
    Said("4.1", "its REST groups, pages and plugins", why_not=_BACKEND),
    Said(
        "4.1",
        "a ModelDeployment is written, and a provider makes something else of it",
        tests=("test_story_airunway.test_on_dynamo", "test_graph_consequences.test_what_made_a_graph_makes_it_again"),
    ),
    # ---- the model
    Said("4.1", "a model of the Hub has an id", ("no model",)),
    Said("4.1", "a custom source brings its model in the image, and its name", ("custom without image", "served name of custom")),
    Said("4.1", "the older field for an image stands beside the newer", ("two images",)),
    Said("4.1", "source, engine and mode are words of lists", ("word",)),
    # ---- volumes
    Said("4.1", "there are 8 volumes at most, with names of their own", ("nine", "volume's name", "same path")),
    Said("4.1", "one volume is for the model, one for what is compiled", ("two caches",)),
    Said("4.1", "a purpose is one of three; a custom one says its path", ("purpose", "no path")),
    Said("4.1", "a volume has a claim that is there, or a size to be made with", ("neither", "size", "claim", "its own name")),
    Said("4.1", "class and mode are for claims that are made", ("mode of another's", "access mode", "class", "no default")),
    Said("4.1", "a claim is ReadWriteMany unless it is said", ("volume for one node", "mode of a volume that says so")),
    Said("4.1", "a path is whole, and not the system's", ("relative", "system's path")),
    Said("4.1", "a volume may be read-only", ("read-only and made", "compilation", "nothing fetched")),
    # ---- the engine
    Said("4.1", "a context has tokens, and TensorRT-LLM its own way", ("no context", "context of trtllm")),
    Said("4.1", "code of the repository is not trusted unless it is said", ("remote code",)),
    Said("4.1", "prefixes are cached, and graphs are captured, unless it is said", why_not="either is a choice, and neither can be wrong"),
    Said("4.1", "arguments are options without dashes", ("option",)),
    # ---- replicas and GPUs
    Said(
        "4.1",
        "halves have GPUs of their own, and the whole has none",
        ("resources.gpu", "no prefill", "no GPU", "halves of one", "replicas of the whole"),
    ),
    Said("4.1", "there is one replica unless it is said, and none is one to the Dynamo provider", ("0 is 1",)),
    Said(
        "4.1",
        "64 GPUs, 32 replicas, 512 CPUs and 4Ti are the most, of the whole and of each half",
        (
            *("GPUs", "replicas", "CPU", "memory", "memory of a half"),
            *(f"ceiling of {half}'s {what}" for half in ("prefill", "decode") for what in ("GPUs", "replicas", "memory")),
        ),
    ),
    Said(
        "4.1",
        "who says nothing of GPUs gets one, or none",
        ("without GPU",),
        ("test_runway_rows.test_who_says_nothing_of_resources_gets_one_gpu",),
    ),
    # ---- what the webhook refuses
    Said("4.1", "a name has no dots", ("dot", "name", "digit", "label")),
    Said(
        "4.1",
        "model, source, engine, provider and mode cannot be changed",
        ("model changed", "source changed", "engine changed", "mode changed", "provider changed", "provider too late"),
    ),
    Said("4.1", "volumes that were made cannot be changed either", ("volume taken out", "volume changed")),
    Said("4.1", "overrides are a mapping", ("overrides", "no such override")),
    Said(
        "4.1",
        "overrides hold neither replicas nor resources, however deep",
        ("replicas deep in", *(f"blocked {key}" for key in sorted(overrides.SCALING))),
    ),
    Said(
        "4.1",
        "overrides hold nothing of what pods may do, however deep",
        ("blocked deep in", *(f"blocked {key}" for key in sorted(overrides.BLOCKED))),
    ),
    Said(
        "4.1",
        "overrides do not change which object it is",
        ("identity", *(f"identity {key}" for key in sorted(overrides.IDENTITY))),
    ),
    # ---- status
    Said(
        "4.1",
        "five phases, and a message",
        tests=("test_runway_rows.test_the_status", "test_runway_rows.test_running_of_the_generation_before"),
    ),
    Said(
        "4.1",
        "many conditions, some of which are good when False",
        tests=(
            "test_condition_polarity.test_what_is_good_when_false_is_marked_so",
            "test_failing_airunway.test_a_claim_that_is_not_bound",
            "test_failing_airunway.test_an_engine_that_nobody_runs",
        ),
    ),
    Said(
        "4.1",
        "the Service that the status names is made up by a rule",
        tests=("test_runway_rows.test_a_service_that_is_named_and_not_there_is_not_shown",),
    ),
    # ---- providers
    Said(
        "4.1",
        "a provider says which engines, modes and hardware it runs",
        ("engine", "mode", "nobody can", "no engine", "unknown provider"),
    ),
    Said("4.1", "a provider says that it is ready, every minute", ("not ready", "silent provider", "none ready", "no provider")),
    Said(
        "4.1",
        "a provider writes a kind that has to be installed",
        ("kind",),
        ("test_failing_airunway.test_a_provider_whose_kind_is_not_installed",),
    ),
    Said("4.1", "a provider may ignore the name that is served", ("served name in vain",)),
    Said(
        "4.1",
        "which provider is chosen follows from rules in CEL",
        tests=("test_runway_rows.test_the_real_providers", "test_airunway.test_from_created_to_running_on_dynamo_to_deleted"),
    ),
    Said(
        "4.1",
        "how a provider is installed stands in its annotations",
        why_not="it is told to who installs it; nothing of a deployment hangs on it",
    ),
    # ---- credentials
    Said("4.1", "a token is read from key HF_TOKEN of a Secret in each namespace", ("secret", "key", "key of a gated one", "in clear")),
    # ---- labels and children
    Said(
        "4.1",
        "what a provider makes carries labels and an owner",
        tests=("test_runway_rows.test_pods_that_carry_its_label_are_its_pods", "test_runway_rows.test_the_pods_of_its_graph_are_its_pods"),
    ),
    Said(
        "4.1",
        "models of the catalog say whether they are gated, and what they are for",
        tests=("test_catalog_files.test_every_shipped_model_says_what_a_form_asks",),
    ),
    # ---- Dynamo's provider
    Said(
        "4.1",
        "Dynamo's provider gives no frontend behind a gateway, which is on unless it is said",
        ("no frontend", "no Gateway", "no pool", "gateway changed"),
        ("test_airunway.test_the_gateway_is_on_unless_switched_off_and_then_there_is_no_frontend",),
    ),
    Said("4.1", "a route that is named has to be there", ("route",)),
    Said(
        "4.1",
        "its workers are called after vLLM whatever the engine, so that the engine is not read off their names",
        tests=(
            "test_airunway.test_disaggregated_workers_are_called_vllm_whatever_the_engine",
            "test_runway_rows.test_the_rows_of_real_deployments",
        ),
    ),
    Said(
        "4.1",
        "its names are 21 characters at most where Grove is",
        ("grove", "grove perhaps"),
        ("test_runway_manifests.test_a_name_for_grove",),
    ),
    Said("4.1", "it hands on neither variables nor another GPU", ("another GPU", "env in vain")),
    Said(
        "4.1",
        "KAITO's provider makes Workspaces, KubeRay's RayServices",
        tests=(
            "test_airunway.test_without_a_gpu_kaito_runs_it_on_a_cpu",
            "test_airunway.test_providers_are_ready_where_the_kinds_are_that_they_make",
        ),
    ),
    # ---- fields
    Said("fields", "every field has a type", ("a number for a name",)),
    Said("fields", "the group was another one", tests=("test_misplaced.test_only_what_is_nearly_right_is_taken_for_it",)),
    # ---- wishes
    Said(
        "wishes",
        "what is made can be edited, with tolerations",
        tests=("test_story_airunway.test_a_deployment_of_its_own", "test_runway_manifests.test_what_no_answer_speaks_of_stays"),
    ),
    Said("wishes", "an empty graph is not called successful", tests=("test_failing_dynamo.test_an_empty_spec_that_is_called_successful",)),
    Said("wishes", "the token is wanted of gated models alone", ("gated",), ("test_runway_traps.test_what_is_good_has_no_finding",)),
    Said(
        "wishes",
        "a deployment whose replicas are read from the wrong field is not stuck",
        tests=("test_runway_rows.test_the_graph_is_believed_more_than_the_report",),
    ),
    Said("wishes", "a goal may be asked for in place of a graph", tests=("test_story_deploying_dynamo.test_a_request_for_a_goal",)),
]
