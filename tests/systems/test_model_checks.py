"""Every trap of a Model: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.systems import traps
from tests.systems.traps import Trap, claim, dataset, facts, matching, namespace, ready, secret, source, storage_class, there
from tests.systems.traps import model as M
from tests.systems.traps import version as V

from modeltui.domain import Severity
from modeltui.redaction import redact_text
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NAMESPACES, STORAGE_CLASSES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs import cause, checks, sharing
from modeltui.systems.modelfs.checks import check_model
from modeltui.systems.modelfs.types import SOURCES

WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO
HF: Final = ready(source())
LONG: Final = "llama-3-1-nemotron-ultra-253b-fp8-tensorrt-llm"

FIRST: Final = "spec.versions[0]"
SIZE: Final = f"{FIRST}.storage.resources.requests.storage"
CLASS: Final = f"{FIRST}.storage.storageClassName"
MODES: Final = f"{FIRST}.storage.accessModes"
SHARE: Final = f"{FIRST}.share"


def of(kind: str, **config: str) -> Any:
    """The source that the models refer to, of another type."""
    return ready(source(kind, config=config))


def storing(**storage: Any) -> dict[str, Any]:
    return V(storage={"resources": {"requests": {"storage": "12Gi"}}, **storage})


def sharing_with(selector: Any = None, label: str = "", *, enabled: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"enabled": enabled, "requireOptInLabel": label}
    return V(share=found if selector is None else found | {"namespaceSelector": selector})


def expression(operator: str, *values: str, key: str = "team") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


def synced(phase: str = "READY", **more: Any) -> Any:
    return there(M(V()), syncedVersions=[{"name": "v1", "phase": phase, **more}])


NAMING = [
    Trap("no name", M(V(), name=""), M(V()), "The name is missing", "metadata.name"),
    Trap("a name in capitals", M(V(), name="Qwen"), M(V()), 'The name "Qwen" may hold lower-case letters', "metadata.name"),
    Trap("a name of 254 characters", M(V(), name="q" * 254), M(V()), "has 254 characters, at most 253", "metadata.name"),
    Trap("two versions of one name", M(V(), V()), M(V(), V("v2")), 'Version name "v1" stands 2 times', "spec.versions"),
    Trap("a version without a name", M(V("")), M(V()), "A version has no name", f"{FIRST}.name"),
    Trap("a version in capitals", M(V("FP16")), M(V("fp16")), 'makes "mdl-qwen-FP16", which cannot be', f"{FIRST}.name"),
    Trap("a version with _", M(V("fp_16")), M(V("fp-1.6")), 'makes "mdl-qwen-fp_16", which cannot be', f"{FIRST}.name"),
    Trap("a Job of 64 characters", M(V("v" * 39)), M(V("v" * 38)), "64 characters; the API server takes", f"{FIRST}.name"),
    Trap("a long model", M(V(), name=LONG), M(V(), name="nemotron"), "so nothing would be fetched", f"{FIRST}.name"),
    Trap(
        "a long name that needs a Job",
        M(V(repo="/a"), name=LONG),
        M(V(repo="/a"), name=LONG),
        "so nothing would be fetched",
        f"{FIRST}.name",
        known=[of("HTTP")],
        otherwise=[of("NFS", server="nas")],
    ),
]

REFUSED = [
    Trap("no source", M(V(), sourceRef=""), M(V()), "It names no ModelSource", "spec.sourceRef"),
    Trap("no versions", M(), M(V()), "It has no versions", "spec.versions"),
    Trap("an unknown precision", M(V(precision="FP8")), M(V(precision="INT8")), '"FP8" is none of FP16', f"{FIRST}.precision"),
    Trap("an unknown state", M(V(state="GONE")), M(V(state="ABSENT")), 'state "GONE" is neither', f"{FIRST}.state"),
    Trap("a number for a name", M(V() | {"name": 3}), M(V("3")), "The API server will refuse it: Expected `str`", "spec.versions[0].name"),
]

STORAGE = [
    Trap("no storage", M(V(storage=None)), M(V()), "modelfs asks for 100Ti", f"{FIRST}.storage"),
    Trap("storage without a size", M(V(storage={"resources": {}})), M(V()), "modelfs asks for 100Ti", f"{FIRST}.storage"),
    Trap("no storage, wanted", M(V(storage=None)), M(V(storage=None, state="ABSENT")), "modelfs asks for 100Ti", f"{FIRST}.storage"),
    Trap(
        "no storage, and no volume that is there",
        M(V(storage=None, repo="/a")),
        M(V(storage=None, repo="/a")),
        "modelfs asks for 100Ti",
        f"{FIRST}.storage",
        known=[of("NFS", server="nas")],
        otherwise=[of("PVC", pvcName="models")],
    ),
    Trap("a size that is none", M(V(size="12GB")), M(V(size="12G")), '"12GB" is not a quantity', SIZE),
    Trap("a size of nothing", M(V(size="0")), M(V(size="1Gi")), "a storage request of 0 counts as none", SIZE),
    Trap("a size without its unit", M(V(size=12)), M(V(size=12 * 1024**3)), "is less than a mebibyte", SIZE, WARNING),
    Trap(
        "a claim that does not grow",
        M(V(size="20Gi")),
        M(V(size="12288Mi")),
        "asks for 20Gi, but its claim requests 12Gi",
        SIZE,
        WARNING,
        known=[synced(observedStorage="12Gi")],
    ),
    Trap("no access mode", M(storing(accessModes=["RWX"])), M(storing(accessModes=["ReadWriteMany"])), '"RWX" is no access mode', MODES),
    Trap(
        "nowhere to write",
        M(storing(accessModes=["ReadOnlyMany"])),
        M(storing(accessModes=["ReadOnlyMany", "ReadWriteOnce"])),
        "the download has nowhere to write",
        MODES,
    ),
    Trap(
        "an unknown class",
        M(storing(storageClassName="fast")),
        M(storing(storageClassName="nfs")),
        'there is no StorageClass "fast"',
        CLASS,
        WARNING,
        known=[storage_class("nfs")],
    ),
    Trap(
        "no class and no default",
        M(V()),
        M(V()),
        "names no StorageClass, and the cluster has no default one",
        CLASS,
        WARNING,
        known=[storage_class("nfs")],
        otherwise=[storage_class("nfs", default=True)],
    ),
]

REPO = [
    Trap("no repo", M(V(repo="")), M(V()), "repo is missing", f"{FIRST}.repo", known=[HF]),
    Trap(
        "an address for an id",
        M(V(repo="https://huggingface.co/Qwen/Qwen2")),
        M(V()),
        "is not a repository id",
        f"{FIRST}.repo",
        known=[HF],
    ),
    Trap("an id of three parts", M(V(repo="a/b/c")), M(V(repo="gpt2")), '"a/b/c" is not a repository id', f"{FIRST}.repo", known=[HF]),
    Trap("an id with --", M(V(repo="a/b--c")), M(V(repo="a/b-c")), '"a/b--c" is not a repository id', f"{FIRST}.repo", known=[HF]),
    Trap("a revision in the id", M(V(repo="a/b@v1")), M(V(repo="a/b")), '"a/b@v1" carries a revision', f"{FIRST}.repo", known=[HF]),
    Trap(
        "a short bucket",
        M(V(repo="bucket/path")),
        M(V(repo="s3://bucket/path")),
        '"bucket/path" is not an address of type S3',
        f"{FIRST}.repo",
        known=[of("S3", provider="AWS", region="x")],
    ),
    Trap("a path for a web address", M(V(repo="host/x")), M(V(repo="https://host/x")), "type HTTP", f"{FIRST}.repo", known=[of("HTTP")]),
    Trap("no Git address", M(V(repo="host/x")), M(V(repo="git@host:x.git")), "type GIT", f"{FIRST}.repo", known=[of("GIT")]),
    Trap(
        "neither repo nor url",
        M(V(repo="")),
        M(V(repo="")),
        "repo is missing, and ModelSource",
        f"{FIRST}.repo",
        known=[of("GIT")],
        otherwise=[of("GIT", url="https://host/x.git")],
    ),
    Trap(
        "a path without /",
        M(V(repo="sub")),
        M(V(repo="/sub")),
        'does not begin with "/"',
        f"{FIRST}.repo",
        known=[of("PVC", pvcName="models")],
    ),
    Trap(
        "a setting that overrides it",
        M(V(repo="a/b/c")),
        M(V(repo="a/b/c")),
        "is not a repository id",
        f"{FIRST}.repo",
        known=[HF],
        otherwise=[of("HUGGING_FACE", uri="huggingface://a/b")],
    ),
    Trap(
        "a password in the address",
        M(V(repo="https://me:s3cr3tpass@host/x.git")),
        M(V(repo="https://host/x.git")),
        "repo holds a secret",
        f"{FIRST}.repo",
        WARNING,
    ),
    Trap("a pinned revision", M(V(revision="v2")), M(V(revision="main")), "so the download fails", f"{FIRST}.revision", known=[HF]),
    Trap("a revision of Git", M(V(revision="v2")), M(V()), "modelfs leaves it out", f"{FIRST}.revision", WARNING, known=[of("GIT")]),
    Trap("a revision of a bucket", M(V(revision="v2")), M(V()), "S3 has no revisions", f"{FIRST}.revision", WARNING, known=[of("S3")]),
    Trap("a revision of who knows what", M(V(revision="v2")), M(V()), "is not honoured by modelfs", f"{FIRST}.revision", WARNING),
    Trap(
        "an edit of what is immutable",
        M(V(repo="Qwen/Qwen3")),
        M(V(repo="Qwen/Qwen2-0.5B")),
        "a Dataset's source is immutable",
        f"{FIRST}.repo",
        known=[HF, there(dataset(name="mdl-qwen-v1"))],
    ),
]

SOURCE = [
    Trap("a source that is not there", M(V()), M(V()), "does not exist", "spec.sourceRef", of=[SOURCES], otherwise=[HF]),
    Trap("a source of no use", M(V()), M(V()), "from type CONDA", "spec.sourceRef", known=[of("CONDA")], otherwise=[HF]),
    Trap(
        "credentials that fail",
        M(V()),
        M(V()),
        "is not ready: secret x is empty",
        "spec.sourceRef",
        known=[there(source(secretRef="x"), conditions=[{"type": "CredentialsReady", "status": "False", "message": "secret x is empty"}])],
        otherwise=[HF],
    ),
    Trap(
        "credentials that nobody looked at",
        M(V()),
        M(V()),
        "has no condition CredentialsReady yet",
        "spec.sourceRef",
        WARNING,
        known=[there(source())],
        otherwise=[HF],
    ),
    Trap(
        "an error that may hold",
        M(V()) | {"status": {"conditions": [{"type": "ReconcileError", "status": "False", "reason": "ModelSourceNotReady"}]}},
        M(V()),
        "whether that still holds is not known",
        "spec.sourceRef",
        WARNING,
    ),
    Trap(
        "a source that cannot work",
        M(V(repo="s3://b/p")),
        M(V(repo="s3://b/p")),
        'With ModelSource "hf" nothing can be fetched: The setting region is missing',
        "spec.sourceRef",
        known=[of("S3", provider="AWS")],
        otherwise=[of("S3", provider="AWS", region="eu-west-1")],
    ),
    Trap(
        "a Secret that stops the loader",
        M(V()),
        M(V()),
        'nothing can be fetched: The key access-key of Secret "s" stops the loader',
        "spec.sourceRef",
        known=[ready(source(secretRef="s")), secret("s", "access-key")],
        otherwise=[ready(source(secretRef="s")), secret("s", "token")],
    ),
]

SHARING = [
    Trap("sharing", M(sharing_with()), M(sharing_with(enabled=False)), "Sharing does not work", SHARE, WARNING),
    Trap(
        "namespaces that are not known",
        M(sharing_with()),
        M(sharing_with()),
        "Which namespaces match is unknown",
        SHARE,
        INFO,
        otherwise=[namespace("a")],
    ),
    Trap(
        "no namespace matches",
        M(sharing_with({"matchLabels": {"team": "x"}})),
        M(sharing_with({"matchLabels": {"team": "nlp"}})),
        "No other namespace matches selector team=x",
        SHARE,
        WARNING,
        known=[namespace("a", team="nlp")],
    ),
    Trap(
        "an opt-in label with a value",
        M(sharing_with(label="share=yes")),
        M(sharing_with(label="share")),
        'reads the whole "share=yes" as a key',
        f"{SHARE}.requireOptInLabel",
        WARNING,
    ),
    *(
        Trap(f"a selector: {says}", M(sharing_with(wrong)), M(sharing_with(right)), says, f"{SHARE}.namespaceSelector")
        for says, wrong, right in (
            ("operator In on", expression("In"), expression("In", "nlp")),
            ("takes no values", expression("Exists", "x"), expression("Exists")),
            ('"Is" is no operator', expression("Is"), expression("DoesNotExist")),
            ('"a b" cannot be the key', expression("Exists", key="a b"), expression("Exists", key="a.example/b")),
            ('"a/b" cannot be the value', {"matchLabels": {"team": "a/b"}}, {"matchLabels": {"team": "a.b"}}),
            ('"a b" cannot be the value', expression("In", "a b"), expression("NotIn", "a")),
            ('"-" cannot be the key', {"matchLabels": {"-": "a"}}, {"matchLabels": {"a": "a"}}),
        )
    ),
]

IN_VAIN = [
    Trap(
        "a resync that nobody reads",
        M(V()) | {"metadata": {"name": "qwen", "annotations": {"modelfs.samzong.dev/resyncAt": "2025-11-01T08:00:00Z"}}},
        M(V()) | {"metadata": {"name": "qwen", "annotations": {"note": "x"}}},
        "does nothing: the controller does not read it",
        "metadata.annotations[modelfs.samzong.dev/resyncAt]",
        WARNING,
    ),
]

TRAPS = [*IN_VAIN, *NAMING, *REFUSED, *STORAGE, *REPO, *SOURCE, *SHARING]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is_and_nowhere_else(trap: Trap) -> None:
    (found,) = matching(check_model(trap.has, trap.facts), trap)
    assert (found.field, found.severity) == (trap.field, trap.severity)
    assert not matching(check_model(trap.has_not, trap.other_facts), trap)


def test_each_error_and_warning_says_what_to_do() -> None:
    found = [finding for trap in TRAPS for finding in check_model(trap.has, trap.facts)]
    assert [
        finding for finding in found if finding.severity is not INFO and not finding.remedy and not finding.reason.startswith("modelfs rep")
    ] == []


def test_every_finding_that_can_be_made_has_its_trap() -> None:
    reasons = "\n".join(finding.reason for trap in TRAPS for finding in check_model(trap.has, trap.facts))
    room = Path(checks.__file__).parent
    files = [path for path in room.glob("*.py") if not path.name.startswith("source_")]
    told_at_sources = ("were made from another type or address",)
    missing = [
        part
        for part in traps.sentences(*files, Path(sharing.__file__), Path(cause.__file__))
        if part not in reasons and not any(told in part for told in told_at_sources)
    ]
    assert missing == []


# ---- what the rules are made of ------------------------------------------------------------------------------------


def test_a_sound_model_on_a_cluster_that_is_wholly_known_has_no_findings() -> None:
    known = facts([HF, storage_class("nfs", default=True), claim("x"), namespace("team")], [SECRETS, DATASETS, CLAIMS])
    assert check_model(M(V(), V("v2", revision="main", precision="INT4")), known) == ()


def test_what_is_not_known_is_not_held_against_it() -> None:
    manifest = M(storing(storageClassName="nfs"))
    assert check_model(manifest, FactTable()) == ()
    nothing_there = facts([], [SOURCES, STORAGE_CLASSES, NAMESPACES, DATASETS])
    assert [finding.severity for finding in check_model(manifest, nothing_there)] == [Severity.ERROR, WARNING]


def test_errors_come_first_and_nothing_twice() -> None:
    found = check_model(M(V(revision="x", storage=None), V(revision="x", storage=None)), FactTable())
    ranks = [list(Severity).index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
    assert len(set(found)) == len(found)


def test_a_manifest_is_looked_at_with_the_status_of_the_model_that_is_there() -> None:
    edited = M(V(repo="Qwen/Qwen3"))
    renamed = there(dataset(name="odd-name"))
    known = facts([HF, renamed, synced(activeDataset="odd-name")])
    assert any("dataset odd-name holds" in finding.reason for finding in check_model(edited, known))


@pytest.mark.parametrize("wrong", [{}, {"spec": []}, {"spec": {"versions": {}}}, {"metadata": 3}, {"spec": {"versions": [None]}}])
def test_a_manifest_of_any_shape_gets_an_answer(wrong: dict[str, Any]) -> None:
    assert any(finding.severity is Severity.ERROR for finding in check_model(wrong, FactTable()))


def test_no_sentence_is_taken_for_a_secret_by_the_redaction() -> None:
    """Logs and stderr pass it; a reason that reads like `token: x` would come out masked."""
    told = [f"{finding.reason} {finding.remedy}" for trap in TRAPS for finding in check_model(trap.has, trap.facts)]
    assert [text for text in told if redact_text(text) != text] == []
