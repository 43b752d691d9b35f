"""The forms of posology texts, French first and English too, in the order they are tried.

At each place of the folded text the first form that fits wins, so the particular stands before
the general. Sources: ANS e-prescription guide (prescription-Exemples), everyday French and
English prescriptions.
"""

import re
from functools import cache

from engine.posology.text import meanings as says
from engine.posology.text.harmless import harmless_forms
from engine.posology.text.items import Kind
from engine.posology.text.lexicon import ACTS, any_of, number_pattern, words_of

Form = tuple[str, says.Reader]
_END = r"(?![^\W\d_])"
_CLAUSE = (
    r"[^.;\n]*?(?=$|[.;\n]| - |, (?:avec|sans|pendant|en respectant|\d)"
    r"|\)|\bpendant\b|\bpuis\b)"
)
_SHORT_DAY = 3
_FRENCH_SHORT = frozenset({"lun", "mar", "mer", "jeu", "ven", "sam", "dim"})
"""Read only where several stand together: `mer` alone is the sea."""
_SHARE = r"(?:\d+(?:,\d+)?|\d/\d|[½¼¾])"


@cache
def patterns() -> tuple[tuple[re.Pattern[str], says.Reader], ...]:
    """Every form with what it says, compiled once."""
    forms = (*harmless_forms(), *_conditions(), *_spans(), *_rhythms(), *_places(), *_amounts())
    return tuple((re.compile(form), read) for form, read in forms)


def _unit() -> str:
    """A unit of time as people write it; `s` and `a` alone are the end of another word."""
    listed = any_of("time_units").split("|")
    return "|".join(word for word in listed if word not in ("s", "a"))


def _date() -> str:
    """A date: 12/03/2026, 12/03, 12 mars 2026, 1er mars."""
    return (
        r"(?:\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?: a \d{1,2}[h:]?\d{0,2})?"
        rf"|\d{{1,2}}(?:er)? (?:{any_of('months')})\b\.?(?: \d{{4}})?)"
    )


def _short_days() -> str:
    """The weekdays in three letters, that are words of their own unless several stand together."""
    return "|".join(word for word in any_of("weekdays").split("|") if len(word) == _SHORT_DAY)


def _acts() -> str:
    """Units that count what is done, and no amount: two applications a day are twice one."""
    acts = (word for word, unit in words_of("dose_units").items() if unit in ACTS)
    return "|".join(re.escape(word) for word in sorted(acts, key=len, reverse=True))


def _many(unit: str | None = None) -> str:
    """A number or a range; with `unit`, one that may stand after the low end too."""
    number = number_pattern()
    between = rf"(?: ?(?:{unit})\.?(?= ))?" if unit else ""
    return rf"(?P<low>{number})(?:{between} ?(?:-|a|to|ou|or) ?(?P<high>{number}))?"


def _conditions() -> tuple[Form, ...]:
    number, unit, dose = number_pattern(), _unit(), any_of("dose_units")
    return (
        (
            r"(?:maxi?|maximum|sans depasser|ne pas depasser|do not exceed|avec un max)\b"
            rf"{_CLAUSE}",
            says.ceiling,
        ),
        (
            rf"{_many()} ?(?:{dose})?\.? max(?:i|imum)?\b(?: (?:par|/) ?\S+(?: ?h)?)?",
            says.ceiling,
        ),
        (
            r"(?:delais?|intervalle|duree) min[^.;\n,]*"
            rf"|{number} ?(?:{unit}) (?:de )?(?:delais? )?min\w* entre [^.;\n,]*",
            says.ceiling,
        ),
        (
            rf"{number} ?(?:h|heures?|hours?|min|minutes?) (?:avant|apres|before|after) "
            rf"(?!(?:[^\s,.;]+ ){{0,2}}(?:{any_of('moments')})\b)[^,.;\n]*",
            says.kind_of(Kind.SEPARATION),
        ),
        (
            rf"(?:(?:sauf|hormis|excepte|except)\b|(?:pas|jamais|not|never) (?:le |les |on )?"
            rf"(?={any_of('weekdays')}|week-?end)){_CLAUSE}",
            says.ceiling,
        ),
        (r"espac\w* d\S+ [^.;\n,]*|en respectant [^.;\n]*", says.ceiling),
        (
            r"(?:bei bedarf|bei (?:\w+ )?\w*schmerzen|(?:wenn|falls) (?:notig|erforderlich)"
            r"|zo ?nodig|indien nodig|bij pijn"
            r"|(?:avant|apres|before|after) (?:chaque|each|every) (?!(?:repas|prise|meal)\b)\w+"
            r"|si besoin|si necessaire|a la demande|as needed|as required|when required"
            rf"|if needed|if required|prn|en cas de|si|if|when)\b{_CLAUSE}",
            says.as_needed,
        ),
    )


def _spans() -> tuple[Form, ...]:
    unit, many = _unit(), _many()
    number = number_pattern()
    return (
        (
            rf"(?:et )?(?:puis |then )?(?:arret|pause) (?:de |pendant )?(?P<low>{number}) ?"
            rf"(?P<unit>{unit}){_END}(?: ?\([^)]*\))?",
            says.rest,
        ),
        (
            rf"recommencer (?:le |ce )?cycle(?: de (?P<low>{number}) ?(?P<unit>{unit}){_END})?",
            says.again,
        ),
        (rf"a repeter (?:sur|pendant) (?P<low>le |un |1 )(?P<unit>mois){_END}", says.repeated),
        (r"(?:et )?(?:puis|then) (?:stop\w*|arret\w*)", says.kind_of(Kind.STOP)),
        (r"(?:et )?puis\b|ensuite\b|then\b", says.kind_of(Kind.THEN)),
        (
            r"au long cours|onwards|long terme|long term|ongoing|en continu",
            says.kind_of(Kind.OPEN),
        ),
        (
            rf"(?:du|from|entre le) (?P<first>{_date()})(?: inclus)? (?:au|to|et le) "
            rf"(?P<last>{_date()})(?: inclus)?",
            says.between,
        ),
        (
            rf"(?:(?:a )?renouveler|renouvelable|ar|oar) ?x? ?{number}(?: fois)?"
            r"(?=\s*(?:$|[.,;)]))",
            says.kind_of(Kind.RENEWAL),
        ),
        (rf"jusqu'au {_date()}", says.kind_of(Kind.UNTIL)),
        (rf"(?:a partir du|du|depuis le|starting(?: on)?) {_date()}", says.kind_of(Kind.FROM)),
        (
            rf"(?<!\d-)(?<!\d - )(?P<q1>{_SHARE}) ?(?P<sep>-) ?(?P<q2>{_SHARE}) ?- ?"
            rf"(?P<q3>{_SHARE})"
            rf"(?: ?- ?(?P<q4>{_SHARE}))?(?! ?-? ?\d)",
            says.scheme,
        ),
        (
            r"(?P<q1>\d)(?P<sep>[. ])(?P<q2>\d)(?P=sep)(?P<q3>\d)"
            r"(?:(?P=sep)(?P<q4>\d))?(?![. ]?\d)",
            says.scheme,
        ),
        (rf"(?:1|une?) ?(?:{unit}) sur (?:2|deux)\b|1 ?j/2\b", says.every_other),
        (rf"(?P<low>{number}) jours? sur (?P<high>{number})", says.cycle),
        (
            rf"(?:sur|en|over) {many} ?(?P<unit>heures?|hours?|h|minutes?|min){_END}",
            says.lasts,
        ),
        (
            r"(?:pendant|pdt|durant|for|fur|voor|x|sur|duree(?: de)?:?|traitement (?:de|d')|qsp"
            r"|for up to) ?"
            rf"{many} ?(?P<unit>{unit}){_END}",
            says.length,
        ),
    )


def _rhythms() -> tuple[Form, ...]:
    unit, many, number = _unit(), _many(), number_pattern()
    return (
        (
            rf"(?:(?:1|une|one) (?:fois|time) |once )?"
            rf"(?:toutes? les|tte?s les|tous les|ts les|every|chaque|/|q) ?"
            rf"(?:{many})? ?(?P<unit>{unit}){_END}",
            says.every,
        ),
        (
            r"every (?:other|second|2nd) (?:day|week)|alternate days|un jour sur deux",
            says.every_other,
        ),
        (
            rf"(?P<low>{number}) ?x ?(?P<amount>{number}) ?(?P<dose>{any_of('dose_units')})/j\w*",
            says.times_dose,
        ),
        (
            rf"{many} ?(?P<dose>{_acts()}){_END}(?: (?:en|par voie) [^\W\d]+(?:-[^\W\d]+)?)?"
            rf" ?(?:par|/|per|a) ?(?P<unit>{unit}){_END}",
            says.acts,
        ),
        (r"en (?:1|une)(?: seule)? prises?(?: unique)?\b", says.noise),
        (rf"en (?P<low>{number}) prises?\b(?! par)", says.split),
        (rf"x ?(?P<low>\d+) ?(?:fois)? ?(?:/|par) ?(?P<unit>{unit}){_END}", says.frequency),
        (
            rf"{many} ?(?:fois|prises?|x|times?)\b ?(?:par|/|per|a|an|each|every|dans la|en)? ?"
            rf"(?P<unit>{unit}|daily|weekly|monthly){_END}",
            says.frequency,
        ),
        (
            r"(?P<word>once|twice|thrice)(?: (?:per|a|every|each|in a))? "
            r"(?P<unit>daily|day|weekly|week|monthly|month)\b",
            says.once,
        ),
        (rf"(?:{any_of('abbreviations')})(?!\w)", says.abbreviation),
        (
            r"(?:par|per|a|/) ?(?P<unit>jour|j|day|24 ?h|24 ?heures|semaine|sem|week|wk|mois|month"
            r"|an|annee|year)\b"
            r"|(?P<word>daily|weekly|monthly|quotidien\w*|hebdomadaire\w*|mensuel\w*)\b",
            says.total,
        ),
    )


def _places() -> tuple[Form, ...]:
    named, moments = any_of("weekdays"), any_of("moments")
    long_named = "|".join(word for word in named.split("|") if word not in _FRENCH_SHORT)
    hour = r"(?P<hour>[01]?\d|2[0-3])"
    return (
        (rf"(?:a |at |um |vers )?{hour}:(?P<minute>[0-5]\d)(?::[0-5]\d)?\b", says.clock),
        (r"(?:a |at )?(?P<hour>1?\d) ?(?P<half>am|pm)\b", says.clock),
        (rf"(?:a|vers|et|,) ?{hour} ?(?:h|heures?)(?P<minute>[0-5]\d)?\b", says.clock),
        (rf"{hour} ?h(?P<minute>[0-5]\d)?\b(?! (?:de|min|entre))", says.clock),
        (
            rf"(?:{_short_days()})\b\.?(?:(?:,| et|,? and|/)? ?(?:{_short_days()})\b\.?)+",
            says.listed_weekdays,
        ),
        (rf"(?:du |from )(?P<first>{named}) (?:au|to) (?P<last>{named})\b", says.weekdays),
        (rf"(?:le |les |tous les |chaque |on |every )?(?P<first>{long_named})\b", says.weekday),
        (
            rf"(?:(?P<before>{number_pattern()}) ?(?:min|minutes?) |une demi-heure )"
            rf"(?P<moment>(?:avant|apres|before|after) [^,.;]{{0,20}}?(?:{moments}))\b",
            says.moment,
        ),
        (
            rf"(?:(?:le|la|les|au|a|tous les|chaque|every|each) )?(?P<moment>{moments})\b",
            says.moment,
        ),
    )


def _amounts() -> tuple[Form, ...]:
    many, dose = _many(), any_of("dose_units")
    return (
        (
            # `1 cp à 2 cp` names the unit with both ends of its range.
            rf"{_many(dose)}(?: ?\(\d+\))?[ -]?(?:de |d'|of )?(?P<dose>{dose}){_END}"
            rf"(?P<half> et demie?\b| ?½| 1/2(?!\w| ?(?:{dose}){_END}))?",
            says.dose,
        ),
        (rf"{many}(?: ?\(\d+\))?(?![\w°%])", says.bare),
    )
