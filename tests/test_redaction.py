"""A planted marker never survives, and what people need to read stays readable."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui import redaction
from modeltui.redaction import MASK, is_secret_key, mask_config, mask_options, redact_command_line, redact_object, redact_text

MARKER = "pl4ntedMarkerValue"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.mark.parametrize(
    "key",
    [
        *("token", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "NGC_API_KEY", "api_key", "access-key", "secret-key", "accessKey"),
        *("ssh-privatekey", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "password", "dbPassword", "X-Api-Key", "clientSecret"),
    ],
)
def test_keys_that_hold_secrets(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key",
    ["secretRef", "secretName", "tokenPath", "max_tokens", "tokenizer", "TOKENIZERS_PARALLELISM", "key", "endpoint", "branch", "", "HOME"],
)
def test_keys_that_only_sound_like_it(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {MARKER}",
        f'{{"authorization": "Bearer {MARKER}"}}',
        f"sent Bearer {MARKER} to the server",
        "Authorization: Basic " + base64.b64encode(MARKER.encode()).decode(),
        f"clone https://user:{MARKER}@git.example/x.git failed",
        f"clone https://{MARKER}@git.example/x.git failed",
        f"GET https://b.example/o?X-Amz-Date=1&X-Amz-Signature={MARKER}&x=1",
        f"GET https://b.example/o?access_token={MARKER}",
        f"GET https://b.example/o?token=short&q={MARKER}",
        f"GET https://b.example/o?q={MARKER}&x=1#part",
        f"password={MARKER}",
        f"db_password: '{MARKER}'",
        f'"api_key": "{MARKER}"',
        f"accessToken={MARKER}",
        f"AWS_SECRET_ACCESS_KEY={MARKER}",
        f"secret-key={MARKER}; other=1",
        f"-----BEGIN RSA PRIVATE KEY-----\n{MARKER}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{MARKER}\ncut off",
        f"hf_{MARKER}0000",
        f"eyJhbGciOiJIUzI1NiJ9.{MARKER}.{MARKER}",
    ],
)
def test_a_secret_in_text_is_masked(text: str) -> None:
    cleaned = redact_text(text)
    assert MARKER not in cleaned
    assert base64.b64encode(MARKER.encode()).decode() not in cleaned
    assert MASK in cleaned


@pytest.mark.parametrize(
    "text",
    [
        'secrets "hf-token" not found',
        "secret hf-token is empty",
        "huggingface://gpt2@main",
        "huggingface://Qwen/Qwen2-0.5B@v1",
        "s3://bucket/path",
        "https://hf-mirror.example/models?page=2",
        "https://10.0.0.1:6443/api/v1/pods?labelSelector=app%3Dmodeltui-demo&limit=500&continue=eyJ2IjoibWV0YS5r",
        "https://git.example/x.git?ref=0123456789abcdef",
        "Basic authentication is not supported",
        "max_tokens=4096 tokenizer=auto",
        "2025-11-21T14:02:07Z",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text


def test_known_secrets_are_masked_wherever_they_stand() -> None:
    assert MARKER not in redact_text(f"odd place <{MARKER}>", known=[MARKER])


def _dataset(options: dict[str, Any], **extra: Any) -> dict[str, Any]:
    source = {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/Qwen2", "options": options}
    return {"apiVersion": "dataset.baizeai.io/v1alpha1", "kind": "Dataset", "metadata": {"name": "d"}, "spec": {"source": source}, **extra}


def test_a_datasets_options_keep_only_what_is_known_to_be_harmless() -> None:
    cleaned = redact_object(_dataset({"endpoint": "https://m.example", "repoType": "MODEL", "HF": MARKER, "token": MARKER}))
    assert cleaned["spec"]["source"]["options"] == {"endpoint": "https://m.example", "repoType": "MODEL", "HF": MASK, "token": MASK}


def test_a_harmless_option_still_has_its_url_cleaned() -> None:
    assert MARKER not in json.dumps(mask_options("S3", {"endpoint": f"https://me:{MARKER}@s3.example"}))


def test_headers_of_an_http_source_are_masked_but_the_url_is_not() -> None:
    cleaned = mask_config("HTTP", {"url": "https://x.example/m", "X-Custom": MARKER, "User-Agent": "curl"})
    assert cleaned == {"url": "https://x.example/m", "X-Custom": MASK, "User-Agent": "curl"}


def test_a_secret_is_masked_in_its_data_its_annotation_and_copies_of_it() -> None:
    applied = {"kind": "Secret", "stringData": {"any": MARKER}}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "hf", "annotations": {LAST_APPLIED: json.dumps(applied), "note": f"was {MARKER}"}},
        "data": {"any": base64.b64encode(MARKER.encode()).decode()},
    }
    cleaned = redact_object(secret)
    text = json.dumps(cleaned)
    assert MARKER not in text
    assert base64.b64encode(MARKER.encode()).decode() not in text
    assert cleaned["data"] == {"any": MASK}
    assert cleaned["metadata"]["name"] == "hf"
    assert secret["data"]["any"] != MASK, "the input must not be changed"


def test_the_jobs_of_a_dataset_carry_the_options_as_arguments() -> None:
    args = ["HUGGING_FACE", "huggingface://a/b", "--options", f"HF={MARKER}", f"--options=plain={MARKER}", "--options=repoType=MODEL"]
    job = {"kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "dataset-loader", "args": args}]}}}}
    cleaned = redact_object(job)
    assert MARKER not in json.dumps(cleaned)
    assert cleaned["spec"]["template"]["spec"]["containers"][0]["args"][-1] == "--options=repoType=MODEL"


def test_a_list_of_objects_is_cleaned_item_by_item() -> None:
    assert MARKER not in json.dumps(redact_object({"kind": "List", "items": [_dataset({"HF": MARKER})]}))


def test_ordinary_objects_come_back_as_they_are() -> None:
    model = {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {"name": "qwen", "generation": 2, "finalizers": ["x"]},
        "spec": {"sourceRef": "hf", "versions": [{"name": "v1", "repo": "Qwen/Qwen2", "share": {"enabled": False}}]},
    }
    assert redact_object(model) == model


def _places(secret: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the secret planted at one or more of the places where secrets end up."""
    word = st.text("abcdefghij", min_size=1, max_size=8)
    plain = st.one_of(word, st.integers(), st.booleans(), st.none())
    options = st.dictionaries(word, st.just(secret), min_size=1)
    planted = st.one_of(
        options.map(_dataset),
        options.map(lambda data: {"kind": "Secret", "stringData": data, "metadata": {"annotations": {LAST_APPLIED: json.dumps(data)}}}),
        word.map(lambda name: {"env": [{"name": f"{name.upper()}_TOKEN", "value": secret}]}),
        word.map(lambda name: {"kind": "ModelSource", "spec": {"type": "S3", "config": {f"{name}Password": secret, "region": "x"}}}),
        word.map(lambda name: {"args": [f"--{name}-token", secret, f"--{name}-api-key={secret}"]}),
        word.map(lambda name: {"annotations": {LAST_APPLIED: json.dumps(_dataset({name: secret}))}}),
        word.map(lambda name: {"uri": f"https://{name}:{secret}@host/x"}),
    )
    return st.recursive(
        planted,
        lambda inner: st.one_of(
            st.dictionaries(word, st.one_of(inner, plain), max_size=3).flatmap(lambda d: inner.map(lambda i: {**d, "inner": i})),
            st.lists(inner, min_size=1, max_size=3).map(lambda items: {"kind": "List", "items": items}),
        ),
        max_leaves=4,
    )


@given(_places(MARKER))
def test_a_planted_marker_never_survives(obj: dict[str, Any]) -> None:
    assert MARKER not in json.dumps(redact_object(obj))


_PIECES = st.sampled_from(
    (
        *(
            "hf_",
            "sk-",
            "eyJ",
            "gho_",
            "AKIA",
            "xoxb-",
            "glpat-",
            "nvapi-",
            "github_pat_",
            "-----BEGIN PRIVATE KEY-----",
            "Bearer ",
            "Basic ",
        ),
        *(
            "authorization",
            "x-api-key",
            "token",
            "Password",
            "SECRET",
            "?",
            "&",
            ";",
            ":",
            "=",
            "://",
            "@",
            " ",
            '"',
            "sig",
            "Signature",
            "http",
        ),
        *("aB3" * 8, "ABCDEFGHIJKLMNOP12", "short", ".", "/", "\n"),
    )
)


@given(st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_looking_for_marks_first_passes_over_nothing(text: str) -> None:
    """They decide which patterns are tried."""
    cleaned = text
    for _, pattern, replacement in redaction._TEXT_PATTERNS:
        cleaned = pattern.sub(replacement, cleaned)
    assert redaction.redact_text(text) == cleaned


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact_text(text)
    assert redact_text(once) == once


@pytest.mark.parametrize("field", ["args", "command", "extraArgs", "engineArguments"])
def test_arguments_are_known_by_their_field_whoever_names_it(field: str) -> None:
    cleaned = redact_object({"spec": {"engine": {field: ["--api-key", MARKER, "--model", "org/model"]}}})
    assert cleaned["spec"]["engine"][field] == ["--api-key", MASK, "--model", "org/model"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("vllm serve m --api-key s3cr3t --port 8000", "vllm serve m --api-key <masked> --port 8000"),
        ("--api-key 's3 cr3t' --own", "--api-key <masked> --own"),
        ("--api-key=s3cr3t --hf-token s3cr3t", "--api-key=<masked> --hf-token <masked>"),
        ("--max-num-batched-tokens 8192 --tokenizer org/m", "--max-num-batched-tokens 8192 --tokenizer org/m"),
        ("--api-key $KEY --token --own", "--api-key $KEY --token --own"),
    ],
)
def test_a_command_line_in_one_text_is_shown_without_secrets(line: str, shown: str) -> None:
    """In a variable, in a script of a container, and as it is typed."""
    assert redact_command_line(line) == shown
    container = {"name": "main", "args": ["-c", f"exec {line}"], "env": [{"name": "VLLM_ADDITIONAL_ARGS", "value": line}]}
    assert redact_object({"spec": container})["spec"] == {
        "name": "main",
        "args": ["-c", f"exec {shown}"],
        "env": [{"name": "VLLM_ADDITIONAL_ARGS", "value": shown}],
    }


@pytest.mark.parametrize(
    "field",
    ["accessSecret", "authSecret", "envFromSecret", "huggingFaceToken", "imagePushSecret", "modelAccessSecret", "pullSecret"],
)
def test_the_name_of_a_secret_is_none(field: str) -> None:
    """An editor could not show which Secret is meant, and a form would write the mask in its place."""
    assert redact_object({"kind": "Any", "spec": {field: "team.hf-token"}})["spec"][field] == "team.hf-token"
    for token in ("hf_abcdefghijklmnop", "nvapi-AbCdEf", "s3cr3t/Value+", "AKIAABCDEFGHIJKLMNOP"):
        assert redact_object({"kind": "Any", "spec": {field: token}})["spec"][field] == MASK, "what nobody could call a Secret"
