"""Every trap of a ModelSource: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.systems import traps
from tests.systems.traps import Trap, claim, dataset, facts, matching, model, secret, there, version
from tests.systems.traps import source as S

from modeltui.domain import Severity
from modeltui.redaction import redact_text
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dataset import options
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs import checks
from modeltui.systems.modelfs.checks import check_source
from modeltui.systems.modelfs.types import SOURCE_TYPES

WARNING: Final = Severity.WARNING
AWS: Final = {"provider": "AWS", "region": "eu-west-1"}
SECRET: Final = "spec.secretRef"


def C(kind: str = "HUGGING_FACE", **config: Any) -> dict[str, Any]:
    return S(kind, config=config)


def H(key: str, value: str = "x", *, kind: str = "HTTP") -> dict[str, Any]:
    return S(kind, config={key: value})


SETTINGS = [
    Trap("no name", S(name=""), S(), "The name is missing", "metadata.name"),
    Trap("no type", S(""), S(), "A ModelSource needs a type", "spec.type"),
    Trap("an unknown type", S("OCI"), S("GIT"), '"OCI" is no type of a ModelSource', "spec.type"),
    Trap("type CONDA", S("CONDA"), S("GIT"), "modelfs cannot make Datasets from type CONDA", "spec.type"),
    Trap("type REFERENCE", S("REFERENCE"), S("NFS"), "modelfs cannot make Datasets from type REFERENCE", "spec.type"),
    Trap("a number", C("GIT", depth=1), C("GIT", depth="1"), "The setting depth is no text", "spec.config.depth"),
    Trap("an address for all", C(uri="huggingface://a/b"), C(), "The setting uri stands for the repo", "spec.config.uri", WARNING),
    Trap("a wrong address for all", C(uri="a/b"), C(uri="huggingface://a/b"), 'The setting uri: "a/b" is not', "spec.config.uri"),
    Trap("a wrong url", C("GIT", url="host/x"), C("GIT", url="https://host/x.git"), "The setting url: ", "spec.config.url"),
    Trap("no claim named", C("PVC"), C("PVC", pvcName="m"), "The setting pvcName is missing", "spec.config.pvcName"),
    Trap("no server named", C("NFS"), C("NFS", server="nas"), "The setting server is missing", "spec.config.server"),
    Trap(
        "a claim that is not there",
        C("PVC", pvcName="gone"),
        C("PVC", pvcName="m"),
        'There is no claim "gone"',
        "spec.config.pvcName",
        known=[claim("m")],
    ),
    Trap("a path without /", C("NFS", server="n", path="a"), C("NFS", server="n", path="/a"), "The setting path,", "spec.config.path"),
    Trap(
        "a secret in clear", C(token="s3cr3tvalue"), C(endpoint="https://m"), "Setting token holds <masked>", "spec.config.token", WARNING
    ),
    Trap(
        "a password in an address",
        C(endpoint="https://u:s3cr3tpass@m"),
        C(endpoint="https://m"),
        "Setting endpoint holds <masked>",
        "spec.config.endpoint",
        WARNING,
    ),
    # what the loader makes of it
    Trap("a key with -", H("X-Team"), H("XTeam"), "The setting X-Team stops the loader", "spec.config.X-Team"),
    Trap("offline", C(offline="true"), C(), "The setting offline stops the loader", "spec.config.offline"),
    Trap("a depth of words", C("GIT", depth="one"), C("GIT", depth="1"), "it is not a whole number", "spec.config.depth"),
    Trap("a revision", C(revision="v1"), C(), "The setting revision is read, but not passed", "spec.config.revision", WARNING),
    Trap("a repoType", C(repoType="SPACE"), C(repoType="DATASET"), 'The setting repoType is "SPACE"', "spec.config.repoType", WARNING),
    Trap("a slip", C(endpont="https://m"), C(bandwidth="1"), "is not one that type HUGGING_FACE reads", "spec.config.endpont", WARNING),
    Trap("no provider", C("S3"), C("S3", **AWS), "The setting provider is missing", "spec.config.provider"),
    Trap("a provider in lower case", C("S3", provider="aws"), C("S3", **AWS), 'The setting provider is "aws"', "spec.config.provider"),
    Trap("no region", C("S3", provider="AWS"), C("S3", **AWS), "The setting region is missing", "spec.config.region"),
    Trap(
        "no endpoint",
        C("S3", provider="MINIO"),
        C("S3", provider="MINIO", endpoint="https://m"),
        "The setting endpoint is missing",
        "spec.config.endpoint",
        WARNING,
    ),
    Trap(
        "a mode",
        C("S3", syncMode="mirror", **AWS),
        C("S3", syncMode="sync", **AWS),
        'The setting syncMode is "mirror"',
        "spec.config.syncMode",
        WARNING,
    ),
]

SECRETS_ = [
    Trap("a leak", S(secretRef="s"), S(), 'Every value of Secret "s" is copied in clear', SECRET, WARNING),
    Trap("credentials that never arrive", S(secretRef="s"), S(), "modelfs mounts none", SECRET, WARNING),
    Trap("a name that no Secret has", S(secretRef="My Token"), S(secretRef="my-token"), "cannot be the name of a Secret", SECRET),
    Trap("no such Secret", S(secretRef="gone"), S(secretRef="s"), 'There is no Secret "gone"', SECRET, known=[secret("s", "token")]),
    Trap("an empty Secret", S(secretRef="e"), S(secretRef="s"), 'Secret "e" is empty', SECRET, known=[secret("e"), secret("s", "token")]),
    Trap(
        "a key with -",
        S("S3", secretRef="a", config=AWS),
        S("S3", secretRef="b", config=AWS),
        'The keys access-key, secret-key of Secret "a" stop the loader',
        SECRET,
        known=[secret("a", "access-key", "secret-key"), secret("b", "access_key")],
    ),
    Trap(
        "another spelling",
        S(secretRef="a"),
        S(secretRef="b"),
        "has none of the keys that type HUGGING_FACE reads (token); it has HF_TOKEN",
        SECRET,
        WARNING,
        known=[secret("a", "HF_TOKEN"), secret("b", "HF_TOKEN", "token")],
    ),
    Trap(
        "a Secret that nobody reads",
        S("NFS", config={"server": "n"}, secretRef="s"),
        S("GIT", secretRef="s"),
        "Type NFS reads no Secret",
        SECRET,
        WARNING,
        known=[secret("s", "password")],
    ),
]


def behind(uri: str, kind: str = "HUGGING_FACE") -> list[Any]:
    """A Model of this source and the Dataset that was made from it."""
    return [there(model(version(repo=""))), there(dataset(kind, uri, name="mdl-qwen-v1"))]


LEFT_BEHIND = [
    Trap(
        "another type",
        S("MODEL_SCOPE"),
        S("HUGGING_FACE"),
        "Datasets mdl-qwen-v1 were made from another type or address",
        "spec.type",
        known=behind("huggingface://a/b"),
    ),
    Trap(
        "another url",
        C("GIT", url="https://host/y.git"),
        C("GIT", url="https://host/x.git"),
        "Datasets mdl-qwen-v1 were made from another type or address",
        "spec.config",
        known=behind("https://host/x.git", "GIT"),
    ),
    Trap(
        "another claim",
        C("PVC", pvcName="n"),
        C("PVC", pvcName="m"),
        "Datasets mdl-qwen-v1 were made from another type or address",
        "spec.config",
        known=[*behind("pvc://m/", "PVC"), claim("n")],
    ),
]

TRAPS = [*SETTINGS, *SECRETS_, *LEFT_BEHIND]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is_and_nowhere_else(trap: Trap) -> None:
    (found,) = matching(check_source(trap.has, trap.facts), trap)
    assert (found.field, found.severity) == (trap.field, trap.severity)
    assert found.remedy
    assert not matching(check_source(trap.has_not, trap.other_facts), trap)


def test_every_finding_that_can_be_made_has_its_trap() -> None:
    reasons = "\n".join(finding.reason for trap in TRAPS for finding in check_source(trap.has, trap.facts))
    room = Path(checks.__file__).parent
    files = [room / "source_settings.py", room / "source_secret.py", Path(options.__file__)]
    assert [part for part in traps.sentences(*files) if part not in reasons] == []


def test_a_sound_source_on_a_cluster_that_is_wholly_known_has_no_findings() -> None:
    known = facts([claim("models")], [SECRETS])
    for kind in SOURCE_TYPES[:-2]:
        config = {"S3": AWS, "PVC": {"pvcName": "models"}, "NFS": {"server": "nas"}}.get(kind, {})
        assert check_source(S(kind, config=config), known) == ()


def test_what_is_not_known_is_not_held_against_it() -> None:
    assert all(finding.severity is WARNING for finding in check_source(S(secretRef="s"), FactTable()))
    assert check_source(C("PVC", pvcName="m"), FactTable()) == ()
    assert any("no claim" in finding.reason for finding in check_source(C("PVC", pvcName="m"), facts([], [CLAIMS])))


def test_no_advice_to_add_a_key_that_stops_the_loader() -> None:
    found = check_source(S("S3", config=AWS, secretRef="s"), facts([secret("s", "password")]))
    assert not any("access-key" in finding.reason + finding.remedy for finding in found)


def test_a_key_that_is_spelled_for_another_system_is_named() -> None:
    found = check_source(S(secretRef="s"), facts([secret("s", "HUGGING_FACE_HUB_TOKEN")]))
    assert "Spell HUGGING_FACE_HUB_TOKEN as token." in [finding.remedy for finding in found]


def test_no_finding_repeats_a_secret() -> None:
    manifest = S("HTTP", config={"token": "s3cr3tvalue", "url": "https://me:s3cr3tvalue@host/x", "uri": "ftp://me:s3cr3tvalue@h"})
    assert "s3cr3tvalue" not in repr(check_source(manifest, FactTable()))


def test_no_sentence_is_taken_for_a_secret_by_the_redaction() -> None:
    told = [f"{finding.reason} {finding.remedy}" for trap in TRAPS for finding in check_source(trap.has, trap.facts)]
    assert [text for text in told if redact_text(text) != text] == []
