"""Trouble: work on one message stopped. The kind says what may happen to it next."""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What a failure allows. `engine.outcomes` turns it into retries and answers."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    AMBIGUOUS = "ambiguous"
    FORBIDDEN = "forbidden"
    DEFECT = "defect"


class EngineError(Exception):
    """Work on one message stopped. The text names the field and the rule, never a value."""

    kind: ClassVar[Kind]


class Refused(EngineError):
    """Their bytes or their rules: never retried."""

    kind = Kind.PERMANENT


class Unavailable(EngineError):
    """Nothing was sent: retried with back-off."""

    kind = Kind.TRANSIENT


class Doubtful(EngineError):
    """It may have arrived: no blind retry, a person or a query decides."""

    kind = Kind.AMBIGUOUS


class Forbidden(EngineError):
    """Role, scope or consent: audited."""

    kind = Kind.FORBIDDEN


class Defect(EngineError):
    """Ours: the message is parked and an alarm raised."""

    kind = Kind.DEFECT
