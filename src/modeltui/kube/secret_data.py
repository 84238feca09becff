"""A Secret's values in the one spelling that is written: `data`, base64.

`stringData` is write-only: the server folds it into `data`, where field ownership then no longer matches what was applied.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


def with_data(secret: Mapping[str, Any]) -> dict[str, Any]:
    """`secret` with `stringData` folded into `data`, as the server would do it: of two values for a key the plain one wins."""
    plain, data = secret.get("stringData") or {}, secret.get("data") or {}
    if not isinstance(plain, Mapping) or not isinstance(data, Mapping):
        return dict(secret)  # the server says what is wrong with it
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    if not plain:
        return rest
    encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
    return rest | {"data": {**data, **encoded}}
