"""Every trap of a Dataset: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.systems import traps
from tests.systems.traps import Trap, claim, facts, matching, namespace, secret, there
from tests.systems.traps import dataset as D

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dataset import checks
from modeltui.systems.dataset.checks import check_dataset
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.facts import FactTable

WARNING: Final = Severity.WARNING
OWNED: Final = {"ownerReferences": [{"kind": "Model", "name": "qwen", "controller": True}]}
SIZE: Final = "spec.volumeClaimTemplate"


def opt(**options: str) -> dict[str, Any]:
    return D(options=options)


def R(uri: str = "dataset://other/d") -> dict[str, Any]:
    return D("REFERENCE", uri, name="borrowed", volumeClaimTemplate=None)


def lent(*, share: bool, **selector: Any) -> Any:
    document = D(share=share, **selector)
    return there(document | {"metadata": {"name": "d", "namespace": "other"}})


def sized(size: Any) -> dict[str, Any]:
    return D(volumeClaimTemplate={"spec": {"resources": {"requests": {"storage": size}}}})


def referring(name: str = "m", sub_path: str = "", *, template: bool = False) -> dict[str, Any]:
    found = D(volumeClaimRef={"name": name, "subPath": sub_path})
    if not template:
        found["spec"]["volumeClaimTemplate"] = {"spec": {}}
    return found


def shared_with(**labels: str) -> dict[str, Any]:
    return {"shareToNamespaceSelector": {"matchLabels": labels}}


LIVE = there(D(dataSyncRound=2, metadata=OWNED))

TRAPS = [
    Trap("a name in capitals", D(name="Qwen"), D(name="qwen"), 'The name "Qwen" may hold', "metadata.name"),
    Trap("a Job of 64 characters", D(name="d" * 48), D(name="d" * 47), "64 characters; the API server takes", "metadata.name"),
    Trap("a name that needs a Job", D(name="d" * 48), D("NFS", "nfs://h/a", name="d" * 48), "so nothing is fetched", "metadata.name"),
    Trap("no type", D(""), D(), "A Dataset needs a source", "spec.source.type"),
    Trap("an unknown type", D("OCI", "oci://x"), D(), '"OCI" is no type of a Dataset', "spec.source.type"),
    Trap("no address", D(uri=""), D(), "the address is missing", "spec.source.uri"),
    Trap("a revision", D(uri="huggingface://a/b@v1"), D(), "carries a revision", "spec.source.uri"),
    *(
        Trap(f"an address of {kind}", D(kind, wrong), D(kind, right), f"is not an address of type {kind}", "spec.source.uri")
        for kind, wrong, right in (
            ("S3", "bucket/path", "s3://bucket/path"),
            ("HTTP", "ftp://host/x", "https://host/x"),
            ("GIT", "host/x", "https://host/x.git"),
            ("PVC", "m/path", "pvc://m/path"),
            ("NFS", "nfs:/host/x", "nfs://host/x"),
            ("CONDA", "env", "conda://env?python=3.11"),
            ("REFERENCE", "dataset://d", "dataset://ns/d"),
            ("HUGGING_FACE", "hf://a/b", "huggingface://a/b"),
            ("MODEL_SCOPE", "huggingface://a/b", "modelscope://a/b"),
            ("DATABASE", "database://", "database://10.0.0.1:3306"),
            ("HADOOP", "hadoop://h:9000", "hdfs://h:9000"),
            ("MANUAL", "manual://x", "manual://"),
        )
    ),
    Trap(
        "an option that stops it", opt(offline="1"), opt(include="*"), "The option offline stops the loader", "spec.source.options.offline"
    ),
    Trap(
        "no region",
        D("S3", "s3://b/p", options={"provider": "AWS"}),
        D("S3", "s3://b/p", options={"provider": "AWS", "region": "x"}),
        "The option region is missing",
        "spec.source.options.region",
    ),
    Trap(
        "secrets in clear", opt(token="s3cr3tvalue"), opt(include="*"), "The options token may hold secrets", "spec.source.options", WARNING
    ),
    Trap(
        "no such Secret", D(secretRef="gone"), D(secretRef="s"), 'There is no Secret "gone"', "spec.secretRef", known=[secret("s", "token")]
    ),
    Trap(
        "another spelling",
        D(secretRef="a"),
        D(secretRef="b"),
        "has none of the keys that type HUGGING_FACE reads (token); it has HF_TOKEN",
        "spec.secretRef",
        WARNING,
        known=[secret("a", "HF_TOKEN"), secret("b", "token")],
    ),
    Trap("no claim", referring("gone"), referring("m"), 'There is no claim "gone"', "spec.volumeClaimRef.name", known=[claim("m")]),
    Trap(
        "no claim of type PVC",
        D("PVC", "pvc://gone/x"),
        D("PVC", "pvc://m/x"),
        'There is no claim "gone"',
        "spec.source.uri",
        known=[claim("m")],
    ),
    Trap("both volumes", referring(template=True), referring(), "exclude each other", "spec.volumeClaimRef"),
    Trap(
        "a subPath with /", referring(sub_path="/a"), referring(sub_path="a"), 'The subPath "/a" is refused', "spec.volumeClaimRef.subPath"
    ),
    Trap("a subPath with ..", referring(sub_path="a/../b"), referring(sub_path="a/b"), "is refused", "spec.volumeClaimRef.subPath"),
    Trap("no size", D(volumeClaimTemplate=None), D(), "so the claim asks for 100Ti", SIZE, WARNING),
    Trap("a size of nothing", sized("0"), sized("1Gi"), "so the claim asks for 100Ti", SIZE, WARNING),
    Trap("a size that is none", sized("12GB"), sized("12G"), '"12GB" is not a quantity', f"{SIZE}.spec.resources.requests.storage"),
    Trap("a mode", D(mountOptions={"mode": "rwx"}), D(mountOptions={"mode": "755"}), 'The mode "rwx"', "spec.mountOptions.mode"),
    Trap(
        "a selector that cannot be",
        D(share=True, shareToNamespaceSelector={"matchExpressions": [{"key": "a", "operator": "In"}]}),
        D(share=True, **shared_with(a="b")),
        "cannot be evaluated: operator In",
        "spec.shareToNamespaceSelector",
    ),
    Trap(
        "a selector for nothing",
        D(**shared_with(a="b")),
        D(share=True, **shared_with(a="b")),
        "does nothing while share is false",
        "spec.shareToNamespaceSelector",
        WARNING,
    ),
    Trap("shared with all", D(share=True), D(share=True, **shared_with(a="b")), "shared with every namespace", "spec.share", WARNING),
    Trap(
        "a share that does not last",
        D(share=True, metadata=OWNED),
        D(share=True),
        "its next reconcile takes share",
        "spec.share",
        WARNING,
    ),
    Trap(
        "nothing to refer to",
        R("dataset://other/gone"),
        R(),
        "Dataset other/gone does not exist",
        "spec.source.uri",
        known=[lent(share=True)],
    ),
    Trap(
        "a Dataset that is not shared",
        R(),
        R(),
        "Dataset other/d is not shared",
        "spec.source.uri",
        known=[lent(share=False)],
        otherwise=[lent(share=True)],
    ),
    Trap(
        "a Dataset shared with others",
        R(),
        R(),
        "is shared with namespaces that match env=prod; team does not",
        "spec.source.uri",
        known=[lent(share=True, **shared_with(env="prod")), namespace("team", env="dev")],
        otherwise=[lent(share=True, **shared_with(env="prod")), namespace("team", env="prod")],
    ),
    Trap("another address", D(uri="huggingface://a/c"), D(), "spec.source.uri is immutable", "spec.source.uri", known=[LIVE]),
    Trap("another type", D("GIT", "https://h/x.git"), D(), "spec.source.type is immutable", "spec.source.type", known=[LIVE]),
    Trap(
        "another path", D(mountOptions={"path": "/a"}), D(), "spec.mountOptions.path is immutable", "spec.mountOptions.path", known=[LIVE]
    ),
    Trap("no round", D(dataSyncRound=0), D(dataSyncRound=1), "dataSyncRound begins at 1", "spec.dataSyncRound"),
    Trap("two rounds", D(dataSyncRound=4), D(dataSyncRound=3), "can rise by one at a time", "spec.dataSyncRound", known=[LIVE]),
    Trap(
        "a round that does not last",
        D(dataSyncRound=3, metadata=OWNED),
        D(dataSyncRound=3),
        "sets dataSyncRound back to 1",
        "spec.dataSyncRound",
        WARNING,
        known=[LIVE],
    ),
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is_and_nowhere_else(trap: Trap) -> None:
    (found,) = matching(check_dataset(trap.has, trap.facts), trap)
    assert (found.field, found.severity) == (trap.field, trap.severity)
    assert found.remedy
    assert not matching(check_dataset(trap.has_not, trap.other_facts), trap)


def test_every_finding_that_can_be_made_has_its_trap() -> None:
    reasons = "\n".join(finding.reason for trap in TRAPS for finding in check_dataset(trap.has, trap.facts))
    assert [part for part in traps.sentences(*Path(checks.__file__).parent.glob("*.py")) if part not in reasons] == []


def test_a_sound_dataset_on_a_cluster_that_is_wholly_known_has_no_findings() -> None:
    assert check_dataset(D(secretRef="s"), facts([secret("s", "token"), claim("x")], [DATASETS])) == ()


def test_what_is_not_known_is_not_held_against_it() -> None:
    for manifest in (D(secretRef="s"), referring("m"), D("PVC", "pvc://m/x"), R()):
        assert check_dataset(manifest, FactTable()) == ()
        assert check_dataset(manifest, facts([], [SECRETS, CLAIMS, DATASETS]))


def test_an_object_of_the_cluster_is_not_compared_with_itself() -> None:
    live = there(D(dataSyncRound=4))
    assert check_dataset(live, facts([LIVE])) == ()


def test_no_finding_repeats_a_secret() -> None:
    manifest = D("GIT", "ftp://me:s3cr3tvalue@host/x", options={"password": "s3cr3tvalue"})
    assert "s3cr3tvalue" not in repr(check_dataset(manifest, FactTable()))
