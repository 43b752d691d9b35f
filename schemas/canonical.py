"""The canonical bytes of a value, and their digest: what a decision is bound to."""

import hashlib
import json

from schemas.base import Value
from schemas.ids import Sha256


def canonical_json(value: Value) -> bytes:
    """The value as JSON with sorted keys and no spaces: equal values give equal bytes.

    Amounts keep their precision as text; UTF-8, not escaped.
    """
    plain = value.model_dump(mode="json")
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256(content: bytes) -> Sha256:
    """The SHA-256 of the bytes, in hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())


def digest(value: Value) -> Sha256:
    """The SHA-256 of the canonical JSON of the value."""
    return sha256(canonical_json(value))
