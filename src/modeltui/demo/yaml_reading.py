"""YAML as the API server reads it: what it takes for a number, a boolean or a key, which is not what Python's YAML takes for one.

Source: https://pkg.go.dev/sigs.k8s.io/yaml, which makes JSON of YAML 1.1 and knows neither times nor sexagesimal numbers.
"""

from __future__ import annotations

import base64
import math
import re
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BOOLEANS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INT_TAG, _FLOAT_TAG, _BOOL_TAG = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"


class YamlProblem(ValueError):
    """Why a text is no YAML, or no JSON."""


class _Loader(_Base):  # type: ignore[misc]  # the class is chosen at run time
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
        for first, found in _Base.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        if isinstance(node, yaml.MappingNode):
            self.flatten_mapping(node)
        return {_key(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep) for key, value in node.value}


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
    raise YamlProblem(f"unsupported map key of type: {type(value).__name__}, key: {value}")


def _integer(loader: Any, node: Any) -> int | float:
    text = str(loader.construct_scalar(node)).replace("_", "")
    sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-").lower()
    base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2], 8 if digits.startswith("0") and digits != "0" else 10)
    number = sign * int(digits, base)
    return number if -(2**63) <= number < 2**63 else float(number)


def _float(loader: Any, node: Any) -> float | int:
    text = str(loader.construct_scalar(node))
    if _INFINITE.fullmatch(text):
        raise YamlProblem(f"json: unsupported value: {text}")
    number = float(text)
    return int(number) if number.is_integer() and math.fabs(number) < 2**53 else number


_Loader.add_implicit_resolver(_BOOL_TAG, re.compile(f"^(?:{'|'.join(_BOOLEANS)})$"), list("yYnNtTfFoO"))
_Loader.add_implicit_resolver(_INT_TAG, re.compile(rf"^(?:{_INTEGER.pattern})$"), list("-+0123456789"))
_Loader.add_implicit_resolver(_FLOAT_TAG, re.compile(rf"^(?:{_FLOAT.pattern}|{_INFINITE.pattern})$"), list("-+0123456789."))
_Loader.add_constructor(_BOOL_TAG, lambda loader, node: _BOOLEANS.get(str(loader.construct_scalar(node)), False))
_Loader.add_constructor(_INT_TAG, _integer)
_Loader.add_constructor(_FLOAT_TAG, _float)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
_Loader.add_constructor("tag:yaml.org,2002:binary", lambda loader, node: base64.b64decode(loader.construct_scalar(node)).decode())


def load(text: bytes | str) -> Any:
    """The value of the first document; None when there is none. Raises YamlProblem."""
    try:
        return next(iter(yaml.load_all(text, Loader=_Loader)), None)
    except yaml.YAMLError as error:
        raise YamlProblem(f"yaml: {error}") from None
