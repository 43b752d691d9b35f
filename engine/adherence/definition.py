"""The definition that is used when a pharmacist has chosen no other.

Sources: CleanADHdata (JMIR Form Res 2024, 8:e51013): the day starts at 03:00; OncMAP: device
openings within 600 s of the one before are one; PMC7379515: intervals of 25 % around the
expected one; drug holidays of two or three days.
"""

from datetime import time

from schemas.adherence import Definition
from schemas.intake import AuthorRole

DEFAULT = Definition(
    version="1",
    phase="implementation",
    day_starts_at=time(3, 0),
    window_minutes=60,
    interval_tolerance_percent=25,
    holiday_days=2,
    duplicate_minutes=10,
    precedence=(
        AuthorRole.DEVICE,
        AuthorRole.NURSE,
        AuthorRole.CARE_ASSISTANT,
        AuthorRole.PHYSICIAN,
        AuthorRole.PHARMACIST,
        AuthorRole.PATIENT,
        AuthorRole.CARER,
        AuthorRole.UNKNOWN,
    ),
)
