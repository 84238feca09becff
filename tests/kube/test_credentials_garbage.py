"""Whatever a kubeconfig holds, it loads or is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui.kube.credentials import contexts, load
from modeltui.kube.errors import ConfigError

SECRET = "s3cret-value"

scalars = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "/no/such/file", "https://127.0.0.1:1", SECRET, "é\n"])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "config", "a"]), inner, max_size=2),
    max_leaves=4,
)
plugins = st.fixed_dictionaries(
    {},
    optional={
        "command": st.sampled_from(["no-such-plugin", "./no-such-plugin", "", None, 3]) | st.lists(st.just("a")),
        "apiVersion": st.sampled_from(["client.authentication.k8s.io/v1", "x", None, 1]),
        **{key: anything for key in ("args", "env", "interactiveMode", "provideClusterInfo", "installHint")},
    },
)
providers = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["oidc", "gcp"]) | anything,
        "config": st.dictionaries(st.sampled_from(["id-token", "refresh-token"]), anything) | anything,
    },
)
users = st.dictionaries(
    st.sampled_from(
        [
            "token",
            "tokenFile",
            "username",
            "password",
            "client-certificate",
            "client-certificate-data",
            "client-key",
            "client-key-data",
            "as",
            "as-groups",
            "as-user-extra",
        ]
    ),
    anything,
    max_size=4,
)
clusters = st.fixed_dictionaries(
    {"server": st.just("https://127.0.0.1:1") | anything},
    optional={
        key: anything
        for key in (
            "certificate-authority",
            "certificate-authority-data",
            "tls-server-name",
            "proxy-url",
            "insecure-skip-tls-verify",
            "extensions",
        )
    },
)


@st.composite
def kubeconfigs(draw: st.DrawFn) -> Any:
    user = draw(users)
    if draw(st.booleans()):
        user["exec"] = draw(plugins | anything)
    if draw(st.booleans()):
        user["auth-provider"] = draw(providers | anything)
    whole = {
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": draw(clusters)}],
        "users": [{"name": "a", "user": user}],
    }
    key = draw(st.sampled_from([None, None, None, *whole]))
    return {**whole, key: draw(anything)} if key else whole


def refusal(work: Callable[[], object]) -> str:
    """The sentence with which it is refused; empty when it is not. Any other exception passes."""
    try:
        work()
    except ConfigError as error:
        return str(error)
    return ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(document=kubeconfigs())
def test_any_structure(tmp_path: Path, document: Any) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(document))
    for said in (refusal(lambda: contexts(str(path))), refusal(lambda: load(str(path), None))):
        assert "\n" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(str(path), None)
    assert "\n" not in str(caught.value)
