"""What is taken as needed, cell by cell for the table, and as one comment for a robot file."""

from collections.abc import Iterator

from connectors import french
from schemas.moment import Moment, MomentTime
from schemas.schedule import AsNeeded

COLUMNS = ("dose", "rhythm", "times", "bounds", "limits")
"""A range of doses, how often, when within a day, from when to when, at most how much."""
_NAMES = {
    Moment.MORNING: "matin",
    Moment.NOON: "midi",
    Moment.AFTERNOON: "après-midi",
    Moment.EVENING: "soir",
    Moment.NIGHT: "nuit",
    Moment.BEDTIME: "coucher",
    Moment.MEAL: "repas",
    Moment.BREAKFAST: "petit déjeuner",
    Moment.LUNCH: "déjeuner",
    Moment.DINNER: "dîner",
    Moment.BEFORE_MEAL: "avant le repas",
    Moment.BEFORE_BREAKFAST: "avant le petit déjeuner",
    Moment.BEFORE_LUNCH: "avant le déjeuner",
    Moment.BEFORE_DINNER: "avant le dîner",
    Moment.AFTER_MEAL: "après le repas",
    Moment.AFTER_BREAKFAST: "après le petit déjeuner",
    Moment.AFTER_LUNCH: "après le déjeuner",
    Moment.AFTER_DINNER: "après le dîner",
}
"""The moments that need no code to be read; the others keep theirs (`AGU`)."""


def needed_cells(needed: AsNeeded) -> tuple[str, str, str, str, str]:
    """The cells of `COLUMNS`, in French words."""
    dose = french.dose_words(needed.dose) if needed.dose is not None else ""
    return (
        dose,
        "; ".join(_rhythm(needed)),
        ", ".join(_times(needed)),
        "; ".join(french.bounds_words(needed.bounds)),
        "; ".join(french.limits_words(needed.limits)),
    )


def needed_comment(needed: AsNeeded) -> str:
    """All of it as one text: `si besoin : 1 à 2 comprimé; douleur; 1 fois en 6 heure(s)`."""
    dose, *others = needed_cells(needed)
    said = (dose, *needed.reasons, *others, needed.text, *needed.instructions)
    return f"si besoin : {'; '.join(dict.fromkeys(one for one in said if one))}"


def _rhythm(needed: AsNeeded) -> Iterator[str]:
    yield from french.rhythm_words(needed.rhythm)
    if needed.timing_code is not None:
        yield needed.timing_code.display or needed.timing_code.code
    if needed.intake_lasts is not None:
        yield f"chaque prise dure {french.length_words(needed.intake_lasts)}"


def _times(needed: AsNeeded) -> Iterator[str]:
    for place in needed.times.moments:
        yield _moment(place)
    for at in needed.times.clock:
        yield at.isoformat("seconds" if at.second else "minutes")


def _moment(place: MomentTime) -> str:
    name = _NAMES.get(place.moment, place.moment.value)
    return name if place.offset_minutes is None else f"{place.offset_minutes} min {name}"
