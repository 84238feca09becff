"""What is known of KAITO, sentence by sentence, and what shows each.

"7" is the reference's section, "8" what it says of all systems, "fields" its tables of fields, "webhook" what KAITO's own webhooks and
controllers refuse, or wait for, beyond those.
"""

from __future__ import annotations

from typing import Final

from tests.systems.contract import Said
from tests.systems.kaito.kaito_traps import SET, WORKSPACE
from tests.systems.kserve.kserving import Trap

SECTIONS: Final = ("7", "8", "fields", "webhook")
TRAPS: Final[dict[str, Trap]] = {trap.name: trap for trap in WORKSPACE} | {f"set: {trap.name}": trap for trap in SET}
"""By a name that says of which an InferenceSet has it."""

CONTRACT: Final = [
    Said("7", "a Workspace has no spec: resource, inference and tuning stand at its top", ("a spec",)),
    Said("7", "Workspace is stored as v1beta1", tests=("test_kaito_rows.test_both_versions_have_a_view",)),
    Said("7", "InferenceSet is stored as v1beta1, v1alpha1 is served", tests=("test_kaito_rows.test_both_versions_have_a_view",)),
    Said("7", "a Workspace serves or tunes, one of them", ("nothing", "both")),
    Said("7", "conditions become True in order", tests=("test_kaito_consequences.test_each_thing_that_a_workspace_waits_for",)),
    Said(
        "7",
        "nodes that are made may not come: NodeClaimReady",
        tests=("test_kaito_consequences.test_nodes_that_are_made_may_not_come",),
    ),
    Said(
        "7",
        "NodesReady and ResourceReady wait for nodes with the labels",
        (
            "no node",
            "too few nodes",
            "nodes without GPUs",
            "set: replicas for which there are no nodes",
            "set: nodes of a set without GPUs",
        ),
        ("test_failing_kaito.test_no_node_has_the_labels", "test_failing_kaito.test_fewer_nodes_than_it_wants"),
    ),
    Said(
        "7",
        "InferenceReady fails with a reason",
        tests=("test_kaito_consequences.test_an_inference_that_fails_is_told_and_one_that_begins_is_not",),
    ),
    Said(
        "7",
        "JobStarted and WorkspaceSucceeded are of tuning jobs",
        tests=("test_kaito_rows.test_a_tuning_workspace_is_shown_as_what_it_is",),
    ),
    Said("7", "status.state, and what it means", tests=("test_kaito_rows.test_the_status_of_a_workspace",)),
    Said(
        "7",
        "performance.metrics and BenchmarkCompleted",
        why_not="they are measurements of what serves already; nothing is wrong where there are none",
    ),
    Said(
        "7", "ModelMirror is a new kind of the cluster", why_not="KAITO makes it by itself; its condition is told as one of the Workspace"
    ),
    # ---- of all systems
    Said("8", "names of children are never made up", tests=("test_kaito_rows.test_a_set_knows_its_workspaces_and_their_gpus",)),
    Said("8", "the raw word of a phase can be seen", tests=("test_kaito_rows.test_the_status_of_a_workspace",)),
    Said("8", "what nobody reports is unknown", tests=("test_kaito_rows.test_gpus_are_unknown_until_there_are_pods",)),
    Said(
        "8",
        "the token is HF_TOKEN",
        ("gated", "gated on the Hub", "a token of another name", "no Secret"),
        ("test_failing_kaito.test_a_preset_without_its_token",),
    ),
    Said("8", "pruning hides typing errors", ("a spec",), ("test_refusal_sentences.test_every_unknown_field_of_a_strict_decoding",)),
    Said(
        "8",
        "what cannot be changed is deleted and made anew",
        (
            *("resource.count changed", "resource.instanceType changed", "resource.partition changed", "resource.labelSelector changed"),
            *("inference.preset changed", "inference.template changed", "inference changed", "set: the partition changed"),
        ),
    ),
    # ---- tables of fields
    Said("fields", "a labelSelector is required", ("no selector", "an empty selector", "a bad label", "set: no selector")),
    Said("fields", "replicas of a set are 0 or more, and nodeCountLimit bounds its nodes", ("set: less than none", "set: a limit too low")),
    Said(
        "fields",
        "autoUpgrade has a strategy of two words",
        tests=("test_refusal_sentences.test_every_unknown_field_of_a_strict_decoding",),
    ),
    # ---- KAITO's webhooks
    Said(
        "webhook",
        "names of Services, nodes and Workspaces are made of the name",
        ("no name", "a name of two parts", "a name too long", "set: a long name"),
    ),
    Said("webhook", "labels have one value, and one label is one's own", ("two values of a label", "its own label")),
    Said("webhook", "a preset or a template", ("no preset", "two ways", "a nameless preset", "set: no preset")),
    Said("webhook", "a preset has a name that KAITO knows, or one of the Hub", ("an unknown preset", "a reserved preset")),
    Said(
        "webhook",
        "a part of a node is a MIG profile, or a number of whole GPUs, of nodes that are there",
        ("a part of a node to be made", "no way to divide", "slices counted", "no number of GPUs", "set: two parts of a node"),
    ),
    Said("webhook", "the config is a ConfigMap of the namespace", ("no config",), ("test_failing_kaito.test_a_config_map_that_it_names",)),
    Said(
        "webhook",
        "adapters: ten at most, from an image or a volume, each of a name and a strength",
        ("eleven adapters", "two of a name", "a nameless adapter", "an adapter from nowhere", "too strong", "no strength"),
    ),
    Said("webhook", "the runtime is vllm or transformers", ("a runtime of tomorrow",)),
]
