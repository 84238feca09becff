"""Hypothesis strategies: answers as people and forms give them, fit and unfit."""

from __future__ import annotations

from hypothesis import strategies as st

from modeltui.systems.modelfs.answers import (
    ModelAnswers,
    RequirementAnswers,
    SelectorAnswers,
    ShareAnswers,
    SourceAnswers,
    StorageAnswers,
    VersionAnswers,
)
from modeltui.systems.modelfs.types import PRECISIONS, SOURCE_TYPES

TEXT = st.text(max_size=12)
"""Any text at all, control characters, markup and bidirectional marks too."""
NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True) | TEXT
REPOS = st.sampled_from(["Qwen/Qwen2-0.5B", "s3://bucket/path", "https://host/x.git", "/models", "", "a/b@v1"]) | TEXT
SIZES = st.sampled_from(["12Gi", "1.5Ti", "100G", "0", "12GB", "1e3", "-1", "", "12884901888"]) | TEXT
MAPPINGS = st.dictionaries(TEXT, TEXT, max_size=3)

REQUIREMENTS = st.builds(
    RequirementAnswers,
    key=NAMES,
    operator=st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    values=st.lists(NAMES, max_size=2).map(tuple),
)
SELECTORS = st.builds(SelectorAnswers, match_labels=MAPPINGS, match_expressions=st.lists(REQUIREMENTS, max_size=2).map(tuple))
SHARES = st.builds(ShareAnswers, enabled=st.booleans(), namespace_selector=st.none() | SELECTORS, require_opt_in_label=TEXT)
STORAGES = st.builds(
    StorageAnswers,
    size=SIZES,
    storage_class_name=st.none() | NAMES,
    access_modes=st.lists(st.sampled_from(["ReadWriteMany", "ReadWriteOnce", "RWX"]), max_size=2).map(tuple),
)
VERSIONS = st.builds(
    VersionAnswers,
    name=NAMES,
    repo=REPOS,
    revision=st.sampled_from(["", "main", "v1"]) | TEXT,
    precision=st.sampled_from(["", *PRECISIONS]) | TEXT,
    state=st.sampled_from(["PRESENT", "ABSENT"]),
    storage=st.none() | STORAGES,
    share=st.none() | SHARES,
    metadata=MAPPINGS,
)
MODELS = st.builds(
    ModelAnswers,
    name=NAMES,
    namespace=NAMES,
    source_ref=NAMES,
    description=TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    logo_url=TEXT,
    versions=st.lists(VERSIONS, max_size=3).map(tuple),
)
SOURCES = st.builds(
    SourceAnswers,
    name=NAMES,
    namespace=NAMES,
    type=st.sampled_from(SOURCE_TYPES) | TEXT,
    config=MAPPINGS | st.dictionaries(st.sampled_from(["region", "provider", "url", "uri", "pvcName", "server"]), TEXT),
    secret_ref=NAMES,
)


# ---- answers that nothing is wrong with -----------------------------------------------------------------------------

SOUND_NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?(\.[a-z0-9]{1,4})?", fullmatch=True)
SOUND_VERSIONS = st.builds(
    VersionAnswers,
    name=SOUND_NAMES,
    repo=st.sampled_from(["Qwen/Qwen2-0.5B", "s3://bucket/path", "/models"]),
    revision=st.sampled_from(["", "main"]),
    precision=st.sampled_from(["", *PRECISIONS]),
    state=st.sampled_from(["PRESENT", "ABSENT"]),
    storage=st.builds(
        StorageAnswers,
        size=st.integers(1, 999).flatmap(lambda number: st.sampled_from(["Mi", "Gi", "Ti", "G", "e9"]).map(lambda unit: f"{number}{unit}")),
        storage_class_name=st.none() | st.just("") | SOUND_NAMES,
        access_modes=st.sampled_from([(), ("ReadWriteMany",), ("ReadWriteOnce", "ReadOnlyMany")]),
    ),
    share=st.none()
    | st.builds(
        ShareAnswers,
        enabled=st.booleans(),
        namespace_selector=st.none()
        | st.builds(
            SelectorAnswers,
            match_labels=st.dictionaries(SOUND_NAMES, SOUND_NAMES, max_size=2),
            match_expressions=st.lists(
                st.builds(RequirementAnswers, key=SOUND_NAMES, operator=st.sampled_from(["In", "NotIn"]), values=st.just(("a",))),
                max_size=2,
            ).map(tuple),
        ),
        require_opt_in_label=st.sampled_from(["", "share"]),
    ),
    metadata=MAPPINGS,
)
SOUND_MODELS = st.builds(
    ModelAnswers,
    name=SOUND_NAMES,
    namespace=SOUND_NAMES,
    source_ref=SOUND_NAMES,
    description=TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    logo_url=TEXT,
    versions=st.lists(SOUND_VERSIONS, min_size=1, max_size=3, unique_by=lambda version: version.name).map(tuple),
)
SOUND_SOURCES = st.builds(
    SourceAnswers,
    name=SOUND_NAMES,
    namespace=SOUND_NAMES,
    type=st.sampled_from(["HUGGING_FACE", "MODEL_SCOPE", "GIT", "HTTP"]),
    config=st.dictionaries(
        st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True).filter(lambda key: key not in ("uri", "url", "depth", "offline")), TEXT
    ),
    secret_ref=st.just("") | SOUND_NAMES,
)
