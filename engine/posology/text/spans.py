"""How long, from when and until when, and which days in turn: lengths, dates, cycles, steps."""

import re

from engine.posology.text.dates import DASHED_DAY, date_pattern
from engine.posology.text.forms import (
    END,
    Form,
    Match,
    frequency_of,
    kind_of,
    length,
    length_as,
    many,
    unit,
    whole,
)
from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import number_pattern
from schemas.posology import Cycle
from schemas.quantity import Duration, PeriodUnit

_LONG_CYCLE = 14
"""Below this many days, "n days on m" may leave the days to the patient: it is not a cycle."""


def span_forms() -> tuple[Form, ...]:
    """Lengths of treatment and of one intake, dates, steps, cycles and renewals."""
    return (*_turns(), *_dates(), *_lengths())


def _turns() -> tuple[Form, ...]:
    number = number_pattern()
    return (
        (
            rf"(?:et )?(?:puis |then )?(?:arret|pause) (?:de |pendant )?(?P<low>{number}) ?"
            rf"(?P<unit>{unit()}){END}(?: ?\([^)]*\))?",
            length_as(Kind.REST),
        ),
        (
            rf"recommencer (?:le |ce )?cycle(?: de (?P<low>{number}) ?(?P<unit>{unit()}){END})?",
            _again,
        ),
        (rf"a repeter (?:sur|pendant) (?P<low>le |un |1 )(?P<unit>mois){END}", _for_a_month),
        (r"(?:et )?(?:puis|then) (?:stop\w*|arret\w*)", kind_of(Kind.STOP)),
        (
            r"(?:et )?puis\b|ensuite\b|then\b|dann?\b|thereafter\b|hierna\b|daarna\b|danach\b",
            kind_of(Kind.THEN),
        ),
        (r"(?:the |le )?(?:next day|following day|lendemain|jour suivant)\b", _next_day),
        (
            rf"(?:pendant |durant )?les (?P<low>{number}) (?P<unit>{unit()}) suivante?s\b",
            length_as(Kind.NEXT),
        ),
        (
            rf"(?:for )?(?:the )?(?:next|following) (?P<low>{number}) (?P<unit>{unit()}){END}",
            length_as(Kind.NEXT),
        ),
        (r"au long cours|onwards|long terme|long term|ongoing|en continu", kind_of(Kind.OPEN)),
        (
            rf"(?:(?:(?:a )?renouveler|renouvelable|oar)(?: ?x? ?{number}(?: fois)?)?"
            rf"|ar ?x? ?{number}(?: fois)?|refills? ?:? ?{number})(?=\s*(?:$|[.,;)]))",
            kind_of(Kind.RENEWAL),
        ),
        (r"(?:1|une) ?sem(?:aine)? sur (?:2|deux)\b|alternate weeks", kind_of(Kind.WEEK_IN_TWO)),
        (r"(?:1|un) ?j(?:our)? sur (?:2|deux)\b|1 ?j(?:our)? ?/ ?2\b|alternate days", _every_other),
        (
            rf"[1-7] ?(?:jours?|j|days?) ?(?:par |/ ?|per |a )(?:semaine|sem|week){END}",
            kind_of(Kind.SOME_DAYS),
        ),
        (rf"(?P<low>{number}) ?j(?:ours?)? ?(?:sur|/) ?(?P<high>{number})(?! ?[\w/])", _cycle),
    )


def _dates() -> tuple[Form, ...]:
    day = date_pattern()
    return (
        (
            rf"(?:jours|semaines) compte(?:s|es) a partir du {day}",
            kind_of(Kind.ANCHOR),
        ),
        (
            rf"(?:prises datees )?(?:du|from|entre le) (?P<first>{day}|\d{{1,2}}(?:er)?)"
            rf"(?: inclus)? (?:au|to|et le) (?P<last>{day})(?: inclus)?",
            _between,
        ),
        (rf"(?:jusqu'au|until) {day}", kind_of(Kind.UNTIL)),
        (rf"(?:a partir du|du|depuis le|start(?:ing)?(?: on)?) {day}", kind_of(Kind.FROM)),
        (rf"\d{{1,2}}/\d{{1,2}}/\d{{2,4}}(?!\d)|{DASHED_DAY}", kind_of(Kind.DATE)),
    )


def _lengths() -> tuple[Form, ...]:
    number = number_pattern()
    return (
        (r"(?:a |de )?j(?P<first>\d{1,2})(?: ?(?:-|a|au) ?j ?(?P<last>\d{1,2}))?(?!\w)", _numbered),
        (
            rf"(?:sur|en|over) {many()} ?(?P<unit>heures?|hours?|h|minutes?|min){END}",
            length_as(Kind.LASTS),
        ),
        (
            r"(?:pendant|pdt|durant|for|for up to|fur|voor|(?:eerst )?gedurende|x|sur"
            r"|duree(?: de| du traitement)? ?:?|traitement (?:de|d')|qsp) ?"
            rf"{many()} ?(?P<unit>{unit()}){END}",
            length,
        ),
        (
            rf"(?:for |gedurende )?(?:the first|de eerste) (?P<low>{number}) ?"
            rf"(?P<unit>{unit()}){END}",
            length,
        ),
        (
            rf"(?:pendant |durant )?les (?P<low>{number}) premiere?s (?P<unit>{unit()}){END}",
            length,
        ),
        (
            r"(?:le (?:premier|1er) jour|(?:on )?the first day"
            r"|(?:pendant )?la (?:premiere|1ere|1re) semaine|(?:for )?the first week)\b"
            r"(?! (?:du|de|des|of)\b)",
            _first_day,
        ),
        (r"for (?P<low>\d{1,2})/(?P<turn>7|52|12)(?![\d/])", _in_sevenths),
        (
            # `7 j` with nothing before it: a length only where it stands alone.
            rf"{many()} ?(?P<unit>jours?|jrs|j|days?|semaines?|sem|weeks?|mois|months?)"
            r"(?=\s*(?:$|[.,;)\n]|(?:et )?puis\b|ensuite\b|then\b))",
            length_as(Kind.SHORT_LENGTH),
        ),
    )


def _again(found: Match) -> Item | None:
    """`recommencer le cycle de 7 jours`: it has a length or says none."""
    return Item(Kind.AGAIN) if found["low"] is None else length_as(Kind.AGAIN)(found)


def _for_a_month(found: Match) -> Item:
    """`à répéter sur le mois`: for one month."""
    return Item(Kind.LENGTH, length=Duration.model_validate({"value": 1, "unit": "mo"}))


def _numbered(found: Match) -> Item | None:
    """`J2 à J5`: so many days, from the second of the treatment."""
    first, last = int(found["first"]), int(found["last"] or found["first"])
    if not 0 < first <= last:
        return None
    days = Duration.model_validate({"value": last - first + 1, "unit": "d"})
    return Item(Kind.DAY_NUMBERS, length=days, first_day=first)


def _first_day(found: Match) -> Item:
    """`2 cp le premier jour puis ...`: for one day, or one week."""
    unit = "wk" if found[0].endswith(("semaine", "week")) else "d"
    return Item(Kind.LENGTH, length=Duration.model_validate({"value": 1, "unit": unit}))


def _in_sevenths(found: Match) -> Item:
    """`for 5/7`, `for 2/52`, `for 3/12`: so many days, weeks or months of British prescriptions."""
    unit = {"7": "d", "52": "wk", "12": "mo"}[found["turn"]]
    return Item(Kind.LENGTH, length=Duration.model_validate({"value": found["low"], "unit": unit}))


def _next_day(found: Match) -> Item:
    """`puis 50 mg le lendemain`: a step of one day."""
    return _first_day(found)._replace(kind=Kind.NEXT)


def _every_other(found: Match) -> Item:
    """One day of two."""
    return Item(Kind.FREQUENCY, frequency=frequency_of(1, 2, PeriodUnit.DAY))


def _cycle(found: Match) -> Item | None:
    """`21 jours sur 28`."""
    on, turn = whole(found, "low"), whole(found, "high")
    if on is None or turn is None or not on < turn:
        return None
    if turn < _LONG_CYCLE:
        return Item(Kind.SOME_DAYS)
    return Item(Kind.CYCLE, cycle=Cycle(days_on=on, days_off=turn - on))


def _between(found: Match) -> Item:
    """`du 05/01/2026 au 11/01/2026`: both days."""
    opening = re.match(r"(?:from )?", found[0])
    first = f"{opening[0] if opening else ''}{found['first']}"
    return Item(Kind.BETWEEN, days=(first, found["last"]))
