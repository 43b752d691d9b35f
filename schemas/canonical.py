"""The canonical bytes of a value, and their digest: what a decision is bound to."""

import hashlib
import json

from schemas.base import Value
from schemas.ids import Sha256

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: Value) -> bytes:
    """The value as JSON with sorted keys and no spaces: equal values give equal bytes.

    Amounts keep their precision as text; UTF-8, not escaped.
    """
    return canonical_bytes(value.model_dump(mode="json"))


def canonical_bytes(plain: object) -> bytes:
    """What `canonical_json` gives of a value, or of a part of one, that was dumped already."""
    return _ENCODER.encode(plain).encode()


def sha256(content: bytes) -> Sha256:
    """The SHA-256 of the bytes, in hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())


def digest(value: Value) -> Sha256:
    """The SHA-256 of the canonical JSON of the value."""
    return sha256(canonical_json(value))
