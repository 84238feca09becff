"""One credential, many spellings; and a Secret of which only the keys are known."""

from __future__ import annotations

import gc

import msgspec
import pytest

from modeltui.kube.decode import Decoder
from modeltui.systems.core.secrets import Secret
from modeltui.systems.secret_value import SecretValue
from modeltui.systems.secrets import CREDENTIALS, credential, keys_read, respelled, spelled
from modeltui.systems.source_types import source_types


def test_a_token_is_written_as_each_system_reads_it() -> None:
    token = SecretValue("hf_x")
    wanted = ["dataset", "airunway", "model-manager"]
    assert spelled(credential("hugging-face"), {"token": token}, wanted) == {
        "token": token,
        "HF_TOKEN": token,
        "HUGGING_FACE_HUB_TOKEN": token,
    }
    assert spelled(credential("ngc"), {"key": token}, ["nim"]) == {"api_key": token, "NGC_API_KEY": token}
    assert spelled(credential("s3"), {"access-key": token}, ["kserve"]) == {"AWS_ACCESS_KEY_ID": token}
    assert spelled(credential("s3"), {"access-key": token}, ["airunway"]) == {}


def test_what_a_dataset_reads_is_what_the_credentials_write_for_it() -> None:
    """The two tables say the same, from both ends."""
    written = {key for found in CREDENTIALS for part in found.parts for key in part.spellings.get("dataset", ())}
    read = {key for kind in source_types() for key in keys_read(kind)}
    assert written == read


def test_types_that_read_no_secret_and_types_that_are_not_known() -> None:
    assert keys_read("NFS") == ()
    assert keys_read("NOPE") == ()
    assert keys_read("S3") == ("access-key", "secret-key")


@pytest.mark.parametrize(
    ("there", "read", "found"),
    [
        (["HF_TOKEN"], ["token"], ("HF_TOKEN", "token")),
        (["x", "AWS_SECRET_ACCESS_KEY"], ["access-key", "secret-key"], ("AWS_SECRET_ACCESS_KEY", "secret-key")),
        (["token"], ["token"], None),
        (["password"], ["token"], None),
        ([], ["token"], None),
    ],
)
def test_a_key_spelled_for_another_system_is_recognised(there: list[str], read: list[str], found: tuple[str, str] | None) -> None:
    assert respelled(there, read) == found


def test_of_a_secret_only_the_keys_are_kept() -> None:
    """Not even by a reference that somebody could follow."""
    body = b'{"metadata": {"name": "s", "namespace": "n"}, "type": "Opaque", "data": {"token": "bTRyazNy", "a": "bTRyazNy"}}'
    found = Decoder(Secret, namespace="n").object(msgspec.Raw(body), "s")
    assert isinstance(found, Secret)
    assert found.keys == ("a", "token")
    assert "bTRyazNy" not in repr(found)
    assert b"bTRyazNy" not in msgspec.json.encode(found)
    assert not any(isinstance(held, msgspec.Raw) for held in gc.get_referents(found))


@pytest.mark.parametrize("data", ["", ', "data": null', ', "data": {}'])
def test_a_secret_without_data_has_no_keys(data: str) -> None:
    document = f'{{"metadata": {{"name": "s"}}{data}}}'
    assert msgspec.json.decode(document, type=Secret).keys == ()
