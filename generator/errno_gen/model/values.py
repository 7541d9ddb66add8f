# SPDX-License-Identifier: GPL-2.0-only
"""The JSON of the values, and changed copies of them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_json(value: Any) -> bytes:
    """Any value of this module, or one like them, as JSON.

    With text that is no Unicode (names of files may hold any bytes) it is written, and
    :func:`from_json` refuses it: what is kept so has to be made anew.
    """
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value)).encode()


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def from_json(text: bytes, kind: type[T]) -> T:
    """The value that :func:`to_json` wrote. Raises ValueError on anything else."""
    try:
        if kind not in _decoders:
            _decoders[kind] = msgspec.json.Decoder(kind)
        value: T = _decoders[kind].decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not the JSON of a {kind.__name__}: {error}") from error
    return value


def with_changes(value: T, **changes: Any) -> T:
    """A copy of a frozen value with some fields replaced."""
    return dataclasses.replace(value, **changes)  # type: ignore[type-var]
