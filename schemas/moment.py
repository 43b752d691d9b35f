"""The moments of a day at which people take their medicines, and the organiser's compartments."""

from enum import StrEnum

from schemas.base import Value


class Moment(StrEnum):
    """A moment of the day that has no hour of its own: the site's table gives it one.

    Source: FHIR R4 EventTiming, and the French additions of the ANS e-prescription guide
    (CodeSystem fr-additional-when-codes-cs), which FHIR lacks.
    """

    MORNING = "MORN"
    MORNING_EARLY = "MORN.early"
    MORNING_LATE = "MORN.late"
    NOON = "NOON"
    AFTERNOON = "AFT"
    AFTERNOON_EARLY = "AFT.early"
    AFTERNOON_LATE = "AFT.late"
    EVENING = "EVE"
    EVENING_EARLY = "EVE.early"
    EVENING_LATE = "EVE.late"
    NIGHT = "NIGHT"
    ASLEEP = "PHS"
    BEDTIME = "HS"
    WAKING = "WAKE"
    MEAL = "C"
    BREAKFAST = "CM"
    LUNCH = "CD"
    DINNER = "CV"
    BEFORE_MEAL = "AC"
    BEFORE_BREAKFAST = "ACM"
    BEFORE_LUNCH = "ACD"
    BEFORE_DINNER = "ACV"
    AFTER_MEAL = "PC"
    AFTER_BREAKFAST = "PCM"
    AFTER_LUNCH = "PCD"
    AFTER_DINNER = "PCV"
    IMMEDIATELY = "IMD"
    BEFORE_GETTING_UP = "AGU"
    AFTER_GETTING_UP = "PGU"
    BEFORE_TOILETTE = "AT"
    TOILETTE = "T"
    AFTER_TOILETTE = "PT"
    BEFORE_SNACK = "ASK"
    SNACK = "SK"
    AFTER_SNACK = "PSK"
    BEFORE_MORNING_SNACK = "AMS"
    MORNING_SNACK = "MS"
    AFTER_MORNING_SNACK = "PMS"
    BEFORE_AFTERNOON_SNACK = "AAS"
    AFTERNOON_SNACK = "AS"
    AFTER_AFTERNOON_SNACK = "PAS"
    BEFORE_BEDTIME = "ABT"
    AFTER_BEDTIME = "PBT"


class Compartment(StrEnum):
    """A column of the weekly organiser."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BEDTIME = "bedtime"


class MomentTime(Value):
    """A moment, and how many minutes from it. The direction is the moment's own.

    `ACM` with 30 is half an hour before breakfast, `PCM` with 30 half an hour after it.
    """

    moment: Moment
    offset_minutes: int | None = None
