"""One difference between a text and a structure: how much it weighs, and the rule in words."""

from typing import TypeAlias

from schemas.finding import FindingCode

CONTRADICTS, ADDS, UNREAD = (
    FindingCode.TEXT_CONTRADICTS,
    FindingCode.TEXT_ADDS,
    FindingCode.TEXT_UNREAD,
)
Difference: TypeAlias = tuple[FindingCode, str]
