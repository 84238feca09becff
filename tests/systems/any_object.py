"""Objects of a view's type as hypothesis makes them: every field there or not, of every value that its type takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

TEXTS = st.sampled_from(
    (
        *("", "a", "llama", "True", "False", "Unknown", "true", "vllm", "python3", "-m", "--model", "--model="),
        *("hf://o/n", "pvc://c/p", "s3://", "pvc://", "custom", "huggingface", "kserve-container", "main", "Standard"),
        *("Ready", "InferenceReady", "Stopped", "Failed", "successful", "nvcr.io/nim/a/b:1", "worker", "prefill", "kserve"),
        *("nvidia.com/gpu", "8", "1Gi", "-1", "x y", "é", "\u202e", "{", "@", "://", "/", ":"),
    )
)
NUMBERS = st.sampled_from((0, 1, 2, -1, 64, 2**31))
_MOMENT = "2026-11-21T10:00:00Z"


def of(kind: type[Any], depth: int = 7) -> st.SearchStrategy[Any]:
    """JSON that decodes as this type, as a rule."""
    return _value(inspect.type_info(kind), depth)


def _value(info: Any, depth: int) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType():
            return _struct(info, depth)
        case inspect.DictType():
            return st.dictionaries(TEXTS, _value(info.value_type, depth - 1), max_size=2 if depth > 0 else 0)
        case inspect.VarTupleType() | inspect.ListType():
            return st.lists(_value(info.item_type, depth - 1), max_size=2 if depth > 0 else 0)
        case inspect.UnionType():
            return st.one_of(*(_value(one, depth) for one in info.types))
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType() | inspect.FloatType():
            return NUMBERS
        case inspect.DateTimeType():
            return st.just(_MOMENT)
        case inspect.NoneType():
            return st.none()
        case inspect.StrType():
            return TEXTS
    return TEXTS | NUMBERS | st.none() | st.just({}) | st.just([])


def _struct(info: inspect.StructType, depth: int) -> st.SearchStrategy[Any]:
    if depth <= 0:
        return st.just({})
    fields: Sequence[Any] = info.fields
    optional = {field.encode_name: st.deferred(lambda type_=field.type: _value(type_, depth - 1)) for field in fields}
    return st.fixed_dictionaries({}, optional=optional)


def encoded(document: dict[str, Any], *, name: str, namespace: str) -> bytes:
    """With a name, which every object has."""
    metadata = {**(document.get("metadata") or {}), "name": name, "namespace": namespace, "uid": f"uid-{name}"}
    return msgspec.json.encode({**document, "metadata": metadata})
