"""Days as posology texts write them: 12/03/2026, 12 mars 2026, and a year said once for two."""

from datetime import date

from engine.posology.text.lexicon import any_of, folded, words_of

DASHED_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}-\d{1,2}-(?:19|20)\d{2})(?!\d)"
"""A day with its year, written with dashes: three numbers, and no scheme of a day."""
_CENTURY = 100
_PARTS = ("day", "month", "year")
_MONTHS = 12
_ENGLISH = ("from", "start", "until")


def date_pattern() -> str:
    """A day: 2026-03-12, 12/03/2026, 12/03, 12 mars 2026, 1er mars."""
    return (
        r"(?:\d{4}-\d{2}-\d{2}"
        r"|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?: a \d{1,2}[h:]?\d{0,2})?"
        rf"|\d{{1,2}}(?:er)? (?:{any_of('months')})\b\.?(?: \d{{4}})?)"
    )


def day_of(text: str) -> date | None:
    """The day of `jusqu'au 12/03/2026`, `du 5 mars 2026`; `None` where no year is stated.

    English words beside figures may put the month first: a day that can be read in two ways
    is none.
    """
    numbers = _numbers(text)
    if len(numbers) < len(_PARTS):
        return None
    return _dated(text, numbers)


def days_of(first: str, last: str) -> tuple[date, date] | None:
    """Both days of `du 28/12 au 03/01/2026`: the first has the month and the year of the last.

    Where that would put it after the last, it is of the month or of the year before.
    """
    end = day_of(last)
    given = _numbers(first)
    if end is None or not given:
        return None
    start = day_of(first) if len(given) >= len(_PARTS) else _before(given, end)
    return None if start is None or start > end else (start, end)


def _before(given: list[int], end: date) -> date | None:
    """The last such day that is not after the end."""
    if len(given) == 1:
        year, month = (end.year - 1, _MONTHS) if end.month == 1 else (end.year, end.month - 1)
        places = [(end.year, end.month), (year, month)]
    else:
        places = [(end.year, given[1]), (end.year - 1, given[1])]
    starts = [_valid(year, month, given[0]) for year, month in places]
    return next((start for start in starts if start is not None and start <= end), None)


def _dated(text: str, numbers: list[int]) -> date | None:
    if numbers[0] >= _CENTURY:
        return _valid(*numbers[:3])
    day, month, year = numbers[:3]
    in_figures = not any(word in words_of("months") for word in _words(text))
    english = folded(text).startswith(_ENGLISH)
    if english and in_figures and day != month and day <= _MONTHS:
        return None
    return _valid(year + 2000 if year < _CENTURY else year, month, day)


def _numbers(text: str) -> list[int]:
    months = words_of("months")
    parts = [months.get(part, part.removesuffix("er")) for part in _words(text)]
    return [int(part) for part in parts if part.isdecimal()]


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
