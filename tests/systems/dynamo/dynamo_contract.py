"""What is known of NVIDIA Dynamo, sentence by sentence, and what shows each.

"4.2" is the reference's section, "fields" its tables of fields with the rules of the CRDs, "plan" the plan of a console for Dynamo whose
manifests never ran, "webhook" what Dynamo's own webhooks, controllers and engines refuse beyond those.
"""

from __future__ import annotations

from typing import Final

from tests.systems.contract import Said

SECTIONS: Final = ("4.2", "fields", "plan", "webhook")

CONTRACT: Final = [
    # ---- the plan's manifest
    Said(
        "plan",
        "its manifest names a group that is served nowhere, and components in the spec itself: with the group put right nothing would run",
        ("a component in the spec itself", "empty"),
        (
            "test_misplaced.test_the_manifest_of_the_plan_is_refused_with_what_it_would_have_done",
            "test_apply_verb.test_a_graph_of_a_group_that_nobody_serves_is_explained",
            "test_dynamo.test_the_dynamote_plans_top_level_keys_come_to_nothing",
        ),
    ),
    Said(
        "plan",
        "what it calls successful is a graph of nothing",
        ("v1alpha1: empty",),
        (
            "test_graph_status.test_one_without_components_is_never_healthy",
            "test_failing_dynamo.test_an_empty_spec_that_is_called_successful",
        ),
    ),
    Said("plan", "its router mode none is no mode", ("router none",)),
    Said("plan", "its models are all in the catalog, with what they need", tests=("test_catalog_files.test_they_are_those_of_the_plan",)),
    Said("plan", "a token is wanted as HF_TOKEN in hf-token-secret", ("secret", "gated", "gated with another key", "token in clear")),
    Said("plan", "its backend, its pages and its REST routes", why_not="they are another program, which nobody has built"),
    # ---- versions
    Said(
        "4.2",
        "graphs, requests and adapters are kept in v1beta1; v1alpha1 is served as well, with a warning of the server's own",
        tests=(
            "test_answers.test_a_deprecated_version_warns",
            "test_apply.test_warnings_and_created_come_from_the_answer",
            "test_graph_manifests.test_any_graph_is_fit_for_the_server_in_both_versions",
        ),
    ),
    Said(
        "4.2",
        "an older cluster serves v1alpha1 alone, with services in spec and status",
        tests=("test_dynamo_versions.test_it_runs_and_its_status_has_the_shape_of_its_version", "test_story_dynamo.test_an_older_operator"),
    ),
    Said("4.2", "fields of the other version are dropped", ("the other version's field", "v1alpha1: the newer version's field")),
    # ---- components
    Said("4.2", "there are 25 components at most", ("too many", "v1alpha1: too many")),
    Said("4.2", "their names differ in more than case", ("same name", "v1alpha1: same name")),
    Said("4.2", "there is one endpoint picker at most", ("several pickers", "v1alpha1: several pickers")),
    Said("4.2", "a type is one of six words", ("type", "no type")),
    Said("4.2", "in v1alpha1 a type is any word", ("v1alpha1: any word for a type", "v1alpha1: no type", "v1alpha1: half")),
    Said("4.2", "the type can be changed, until newer releases refuse it", ("type changed",)),
    Said(
        "4.2",
        "a pod is one native template in v1beta1, and stands in pieces in v1alpha1",
        ("field of v1alpha1 in a component", "GPUs as in v1alpha1", "v1alpha1: field of v1beta1 in a service"),
    ),
    Said("4.2", "the container that Dynamo runs is called main and has an image", ("no main container", "v1alpha1: no image")),
    Said("4.2", "GPUs are limits of that container", ("request only", "no GPU"), ("test_graph_rows.test_gpus_of_the_older_version",)),
    Said("4.2", "variables of all components are env, and envs in v1alpha1", ("variables of the graph",)),
    Said(
        "4.2",
        "claims of a graph are there in v1alpha1 only, with size, class and mode where they are made",
        ("claims of the graph", "v1alpha1: claim to create", "v1alpha1: mount of nothing", "v1alpha1: mount nowhere"),
    ),
    Said("4.2", "volumes are declared in the pod template in v1beta1", ("volume", "claim", "one node's claim")),
    Said(
        "4.2",
        "shared memory is 8Gi unless it is said, and may be none",
        ("shared memory", "v1alpha1: shared memory without size", "v1alpha1: no shared memory"),
    ),
    Said("4.2", "dynamoNamespace is ignored, and gone in v1beta1", ("v1alpha1: namespace", "namespace")),
    Said("4.2", "autoscaling is ignored, and gone in v1beta1", ("v1alpha1: autoscaling", "autoscaling")),
    Said(
        "4.2",
        "an adapter owns the replicas: by being there in v1beta1, by enabled in v1alpha1",
        ("replicas of an adapter", "adapter that is off", "v1alpha1: adapter that is not on"),
        ("test_scaling_of_systems.test_what_an_adapter_owns_is_scaled_there",),
    ),
    Said("4.2", "a frontend beside a worker is a container of its pod", ("sidecar", "sidecar without image")),
    Said(
        "4.2",
        "replicas are told by services in v1alpha1 and by components in v1beta1",
        tests=("test_dynamo_versions.test_a_status_is_told_in_the_version_that_is_kept",),
    ),
    Said("4.2", "ingress is gone in v1beta1", ("ingress",)),
    Said("4.2", "an image whose tag is no version needs runtimeVersionOverride", ("tag", "override")),
    Said("4.2", "minAvailable cannot be changed", ("minAvailable changed", "minAvailable taken out")),
    Said("4.2", "multinode is for two nodes and more", ("nodes", "one node", "nodes of a frontend", "nodes without framework")),
    Said(
        "4.2",
        "a topology that pods are to be placed by may not be there, which a condition says",
        tests=("test_graph_consequences.test_a_topology_that_is_not_there",),
    ),
    # ---- the whole
    Said("4.2", "backendFramework is one of three", ("framework", "another engine")),
    Said("4.2", "a priority class has to be there", ("priority",)),
    Said(
        "4.2",
        "a restart is asked for by an id, and not of a graph that is not there yet",
        ("restart of nothing", "restart without id", "restart strategy", "order", "order of all at once"),
        ("test_scaling_of_systems.test_a_restart_is_a_new_id_each_time",),
    ),
    # ---- status
    Said(
        "4.2",
        "its state has four words; Ready has reasons",
        tests=(
            "test_graph_status.test_one_that_runs",
            "test_graph_status.test_failed_with_the_reason_that_dynamo_gives",
            "test_graph_status.test_no_room",
        ),
    ),
    Said(
        "4.2",
        "successful is said while a rollout goes on, and of the generation before",
        tests=(
            "test_graph_status.test_successful_while_new_pods_are_not_there",
            "test_graph_status.test_successful_of_the_generation_before",
            "test_failing_dynamo.test_a_rollout_that_is_called_successful",
        ),
    ),
    Said(
        "4.2",
        "a scaling group of Grove says what is available, and not what is ready",
        tests=("test_graph_status.test_a_scaling_group_is_measured_by_what_is_available",),
    ),
    Said("4.2", "a restart has phases of its own", tests=("test_graph_status.test_a_restart_that_was_asked_for",)),
    Said("4.2", "a placement has a score", why_not="it says how near to each other pods are, which nothing here asks for"),
    # ---- pods and Services
    Said(
        "4.2",
        "pods and Services carry the graph's name and the component's as labels",
        tests=("test_graph_rows.test_pods_are_told_by_label_or_owner", "test_dynamo.test_from_created_to_running_to_deleted"),
    ),
    Said(
        "4.2",
        "the frontend's Service is called after the graph, and is not made up where there is none",
        tests=(
            "test_graph_rows.test_its_service_is_found_whatever_it_is_called",
            "test_graph_rows.test_a_service_that_is_not_in_sight_is_not_made_up",
        ),
    ),
    Said("4.2", "what is made is called after graph and component, in lower case", ("service", "long name", "digit", "component's name")),
    Said("4.2", "the same for v1alpha1, which is kept in v1beta1", ("v1alpha1: name",)),
    # ---- command lines
    Said("4.2", "the router's mode is a variable of the frontend", ("router", "router at a worker", "events")),
    Said(
        "4.2",
        "halves are told so on their command lines",
        ("half", "other half", "type without mode", "mode of the other", "two models"),
    ),
    Said("4.2", "vLLM is told how to hand the cache over", ("no hand over", "transfer that is no JSON")),
    Said("4.2", "the model is an option, spelled differently by engine", ("no model", "option of another engine")),
    Said("4.2", "each runtime image holds one engine", ("image of another engine",)),
    # ---- annotations
    Said("4.2", "enable-grove says whether Grove runs it", ("grove by another word",)),
    Said("4.2", "kai-scheduler-queue names a queue", ("queue", "default queue")),
    Said("4.2", "the executor of several nodes is mp or ray", ("executor",)),
    Said("4.2", "metrics and the discovery of pull secrets can be turned off", why_not="both are a choice, and neither can be wrong"),
    Said(
        "4.2",
        "there are minimal manifests of upstream's",
        tests=("test_graph_traps.test_no_real_manifest_is_called_wrong", "test_graph_manifests.test_the_expected_graph"),
    ),
    # ---- requests
    Said("4.2", "a request names a model and a backend", ("request: no model", "request: backend")),
    Said("4.2", "its image has a version as that of a component", ("request: tag", "request: version")),
    Said("4.2", "its model may come from a claim", ("request: claim", "request: cache without claim")),
    Said("4.2", "a GPU is one of a list, in lower case", ("request: GPU", "request: no hardware")),
    Said("4.2", "a load and a goal are given", ("request: load of nothing", "request: two loads", "request: goal of nothing")),
    Said("4.2", "a goal is a whole latency or its parts, of latency or of throughput", ("request: two goals", "request: goal")),
    Said("4.2", "a search is rapid or thorough", ("request: search", "request: thorough of any")),
    Said(
        "4.2",
        "autoApply is on in v1beta1, and off in v1alpha1",
        ("request: older proposes",),
        ("test_requests_as_deployments.test_what_is_only_proposed_serves_nobody",),
    ),
    Said(
        "4.2",
        "its phases, those of profiling, the graph and the Job that it names",
        tests=(
            "test_requests_as_deployments.test_before_there_is_a_graph_its_own_phase_counts",
            "test_graph_consequences.test_a_request_that_failed_names_the_log_to_read",
        ),
    ),
    Said(
        "4.2",
        "it cannot be changed once it is profiled, which only an event says",
        ("request: changed too late",),
        ("test_dynamo_requests.test_changes_are_turned_down_once_profiling_has_begun",),
    ),
    Said("4.2", "planner and mocker are features; overrides reach the Job and the graph", why_not="any of it may be said"),
    # ---- models
    Said("4.2", "a DynamoModel names itself and its base", ("model: no model", "model: no base", "model: name")),
    Said("4.2", "its type is base, lora or adapter", ("model: type",)),
    Said("4.2", "a LoRA has a source", ("model: no source", "model: source")),
    Said("4.2", "it fetches no base weights", ("model: weights", "model: base that nobody serves")),
    # ---- rules of the CRDs
    Said("fields", "every field has a type", ("a number as a name",)),
    Said("fields", "minAvailable is no more than the replicas", ("least",)),
    Said(
        "fields", "an endpoint picker has one configuration, and nobody else has any", ("two configurations", "configuration of no picker")
    ),
    Said(
        "fields",
        "a request of v1alpha1 names the profiler's image, and v1beta1 has other fields",
        ("request: older without image", "request: former field"),
    ),
    Said(
        "fields",
        "transfer policies, checkpoints and shared GPU memory have rules that the server tells in the review's dry run",
        tests=(
            "test_given.test_what_the_server_refuses_is_refused_whether_the_object_is_there_or_not",
            "test_unfinished.test_what_the_server_refuses_stands_beside_the_field",
        ),
    ),
    # ---- webhooks and controllers
    Said("webhook", "a name is one of Kubernetes", ("name", "request: name", "request: long name")),
    Said("webhook", "Grove counts the names of graph and component together", ("grove", "grove perhaps")),
    Said(
        "webhook",
        "the framework, the components and one node or several cannot be changed",
        ("framework changed", "component changed", "nodes changed"),
    ),
    Said("webhook", "no restart begins while workers roll", ("restart in an update",)),
    Said(
        "webhook",
        "an endpoint picker is one, is configured, and picks workers that answer",
        ("two pickers of one", "picker without configuration", "v1alpha1: picker without configuration", "picker in front of nothing"),
    ),
    Said("webhook", "an endpoint picker needs InferencePools", ("no pool",)),
    Said(
        "webhook",
        "several nodes need Grove, or LeaderWorkerSet and Volcano",
        ("nobody for several nodes",),
        ("test_failing_dynamo.test_several_nodes_without_what_orchestrates_them",),
    ),
    Said("webhook", "a graph that answers has a front and a worker", ("no front", "no worker")),
    Said("webhook", "an engine has as many GPUs as it splits the model", ("split too far", "idle GPUs")),
    Said(
        "webhook",
        "the profiler wants hf-token-secret of every model",
        ("request: token", "request: gated"),
        ("test_dynamo_requests.test_without_the_secret_of_that_very_name_profiling_does_not_start",),
    ),
    Said(
        "webhook",
        "a graph outlives its request, and is made again by a deployment of AI Runway",
        tests=(
            "test_graph_consequences.test_a_request_leaves_its_graph_behind",
            "test_graph_consequences.test_what_made_a_graph_makes_it_again",
        ),
    ),
]
