"""Which questions a ModelSource gives rise to; and that whatever somebody has written in it, there are questions and no secret in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reach.asked import MARK, ask, asker
from tests.systems.builders import model, source, version

from modeltui.kube.errors import Forbidden, KubeError, NotFound, Unreachable
from modeltui.reach import objects
from modeltui.reach.plan import MOST, Plan, addresses, plan
from modeltui.reach.verdict import Answer
from modeltui.systems.modelfs.types import SOURCE_TYPES, Model, ModelSource


def of(kind: str, *repos: str, secret: str = "", **config: str) -> Plan:
    return plan(
        made(kind, secret=secret, **config), [model(*(version(f"v{n}", repo=repo) for n, repo in enumerate(repos)))] if repos else []
    )


def made(kind: str, *, secret: str = "", **config: str) -> ModelSource:
    return source("hf", spec={"type": kind, "config": config, "secretRef": secret})


def titles(found: Plan) -> list[str]:
    return [check.title for check in found.checks]


def test_a_hub() -> None:
    found = of("HUGGING_FACE", "Qwen/Qwen2", "Qwen/Qwen2", "org/other", secret="token")
    assert titles(found) == ["Secret token", "Endpoint https://huggingface.co", "Repository Qwen/Qwen2", "Repository org/other"]
    assert found.hosts == ("huggingface.co",)
    found = of("HUGGING_FACE", "Qwen/Qwen2", endpoint="https://mirror.example.com:8443/hf")
    assert titles(found) == ["Endpoint https://mirror.example.com:8443/hf", "Repository Qwen/Qwen2"]
    assert found.hosts == (), "no Secret, nothing to send"
    assert titles(of("MODEL_SCOPE", "Qwen/Qwen2", secret="x"))[1:] == ["Endpoint https://modelscope.cn", "Repository Qwen/Qwen2"]
    assert of("MODEL_SCOPE", "Qwen/Qwen2", secret="x").hosts == ()


def test_what_modelfs_fetches_is_what_is_asked_for() -> None:
    wanted = model(version("a", repo="org/a", revision="v2"), version("b", repo="org/b", state="ABSENT"), version("c", repo=""))
    elsewhere = model(version("d", repo="org/d"), source="another")
    assert titles(plan(made("HUGGING_FACE"), [wanted, elsewhere]))[1:] == ["Repository org/a at v2"]
    assert titles(of("HUGGING_FACE", "org/ignored", uri="huggingface://org/fixed"))[1:] == ["Repository org/fixed"]


def test_buckets_repositories_and_addresses() -> None:
    found = of("S3", "s3://weights/qwen", "weights/qwen", secret="keys", region="eu-west-1", provider="AWS")
    assert titles(found)[1:] == ["Endpoint https://s3.eu-west-1.amazonaws.com", "Bucket s3://weights/qwen", "Bucket weights/qwen"]
    assert found.hosts == ("s3.eu-west-1.amazonaws.com",)
    found = of("GIT", "https://git.example.com/x.git", "git@host.example.com:group/x.git", secret="login")
    assert titles(found)[1:] == ["Git repository https://git.example.com/x.git", "Git repository git@host.example.com:group/x.git"]
    assert found.hosts[0] == "git.example.com"
    found = of("HTTP", url="https://files.example.com/x", Authorization=MARK)
    assert titles(found) == ["Address https://files.example.com/x"]
    assert found.hosts == ("files.example.com",), "a setting is a header, and may be a credential"
    assert of("HTTP", url="https://files.example.com/x").hosts == ()


def test_volumes_and_what_modelfs_cannot_use() -> None:
    assert titles(of("PVC", "/models", pvcName="weights")) == ["Claim weights", "Path pvc://weights/models"]
    assert titles(of("NFS", "/models", server="nas")) == ["NFS server nas", "Path nfs://nas/models"]
    assert titles(of("CONDA")) == ["Type CONDA"]
    assert titles(of("PVC")) == ["Claim (none)"]


def test_many_addresses_are_counted_not_asked_for() -> None:
    found = of("HUGGING_FACE", *(f"org/m{number}" for number in range(MOST + 7)))
    assert len(found.checks) == MOST + 1
    assert found.left_out == 7


def test_a_login_in_an_address_is_in_no_title() -> None:
    for found in (
        of("GIT", f"https://deploy:{MARK}@git.example.com/x.git"),
        of("HTTP", f"https://deploy:{MARK}@files.example.com/x?token={MARK}"),
        of("HUGGING_FACE", "org/x", endpoint=f"https://deploy:{MARK}@hub.example.com"),
    ):
        assert MARK not in "".join(titles(found)) + "".join(found.hosts)


TEXT = st.text(max_size=40) | st.sampled_from(["http://[bad", "https://x:99999/", "s3://", "ssh://[x", "//", "https://a@b@c/"])
CONFIGS = st.dictionaries(st.sampled_from(["endpoint", "url", "uri", "region", "pvcName", "server", "branch", "repoType"]), TEXT)


@given(st.sampled_from(SOURCE_TYPES) | TEXT, CONFIGS, st.lists(TEXT, max_size=3), st.sampled_from(["", "secret"]))
def test_any_source_can_be_planned_and_its_titles_are_harmless(kind: str, config: dict[str, str], repos: list[str], secret: str) -> None:
    sources = made(kind, secret=secret, **config)
    models: list[Model] = [model(*(version(f"v{n}", repo=repo) for n, repo in enumerate(repos)))]
    found = plan(sources, models)
    assert all(title.isprintable() for title in (*titles(found), *found.hosts))
    assert len(addresses(sources, models)) == len(set(addresses(sources, models)))


# ---- what stands in the cluster -------------------------------------------------------------------------------------


class Cluster:
    """Answers every request alike."""

    def __init__(self, answer: bytes | KubeError) -> None:
        self._answer = answer

    async def request(self, method: str, path: str, **_: Any) -> bytes:
        if isinstance(self._answer, KubeError):
            raise self._answer
        return self._answer


SECRETS: list[tuple[bytes | KubeError, str, Answer, str]] = [
    (
        b'{"metadata": {"name": "x"}, "data": {"token": "eA=="}}',
        "HUGGING_FACE",
        Answer.YES,
        "It has token, which a source of type HUGGING_FACE reads.",
    ),
    (
        b'{"metadata": {"name": "x"}, "data": {"HF_TOKEN": "eA=="}}',
        "HUGGING_FACE",
        Answer.NO,
        "reads: token. Spell HF_TOKEN as token.",
    ),
    (b'{"metadata": {"name": "x"}, "data": {}}', "S3", Answer.NO, "It is empty."),
    (b'{"metadata": {"name": "x"}, "data": {"x": "eA=="}}', "NFS", Answer.NO, "reads no Secret"),
    (b'{"data": 7}', "S3", Answer.UNKNOWN, "cannot be read"),
    (NotFound("x", status=404), "S3", Answer.NO, "There is no Secret hf in namespace team."),
    (Forbidden("no right to it", status=403), "S3", Answer.UNKNOWN, "Cannot be checked from here: you may not look: no right to it."),
    (Unreachable("the server is away"), "S3", Answer.UNKNOWN, "Cannot be checked from here: the server is away."),
]


@pytest.mark.parametrize(("answer", "kind", "verdict", "says"), SECRETS)
async def test_a_secret_by_the_names_of_its_keys(answer: bytes | KubeError, kind: str, verdict: Answer, says: str) -> None:
    found = await ask(lambda one: objects.secret(one, "hf", kind), asker(client=Cluster(answer)))
    assert found.answer is verdict
    assert says in found.sentence


@pytest.mark.parametrize(
    ("answer", "verdict", "says"),
    [
        (b'{"metadata": {"name": "x"}, "status": {"phase": "Bound"}}', Answer.YES, "there and Bound"),
        (b'{"metadata": {"name": "x"}, "status": {"phase": "Pending"}}', Answer.NO, "but Pending, not Bound"),
        (NotFound("x", status=404), Answer.NO, "There is no claim weights in namespace team."),
        (Forbidden("no", status=403), Answer.UNKNOWN, "you may not look"),
    ],
)
async def test_a_claim(answer: bytes | KubeError, verdict: Answer, says: str) -> None:
    found = await ask(lambda one: objects.claim(one, "weights"), asker(client=Cluster(answer)))
    assert found.answer is verdict
    assert says in found.sentence
