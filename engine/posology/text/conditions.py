"""Conditions, maxima, gaps and exceptions: said in words that are kept, not understood."""

from engine.posology.text.forms import CLAUSE, Form, kind_of, many, unit
from engine.posology.text.items import Kind
from engine.posology.text.lexicon import any_of, number_pattern

_ceiling = kind_of(Kind.CEILING)


def condition_forms() -> tuple[Form, ...]:
    """A maximum, a gap between two intakes or two medicines, an exception, a condition."""
    number, dose = number_pattern(), any_of("dose_units")
    return (
        (
            r"(?:(?:avec )?(?:un )?(?:maxi?|maximum|maximaal|hochstens|max\.)"
            r"|sans depasser|ne pas depasser|do not exceed)(?!\w)"
            rf"{CLAUSE}",
            _ceiling,
        ),
        (
            rf"{many()} ?(?:{dose})?\.? max(?:i|imum)?\b(?: (?:par|/) ?\S+(?: ?h)?)?",
            _ceiling,
        ),
        (
            r"(?:delais?|intervalle|duree) min[^.;\n,]*"
            rf"|{number} ?(?:{unit()}) (?:de )?(?:delais? )?min\w* entre [^.;\n,]*",
            _ceiling,
        ),
        (
            rf"{number} ?(?:h|heures?|hours?|min|minutes?) (?:avant|apres|before|after) "
            rf"(?!(?:[^\s,.;]+ ){{0,2}}(?:{any_of('moments')}|repas|meals?|food)\b)[^,.;\n]*",
            kind_of(Kind.SEPARATION),
        ),
        (
            r"(?:(?:sauf|hormis|excepte|except)\b|(?:pas|jamais|not|never) (?:[^\W\d]+ ){0,2}?"
            rf"(?:le |les |on )?(?={any_of('weekdays')}|week-?end)){CLAUSE}",
            _ceiling,
        ),
        (
            r"(?:pas|plus) (?:prendre|donner|administrer)(?=\s*(?:$|[.,;!)]))"
            r"|(?:do not|don't) (?:take|give)(?=\s*(?:$|[.,;!)]))",
            _ceiling,
        ),
        (r"espac\w* d\S+ [^.;\n,]*|en respectant [^.;\n]*", _ceiling),
        (
            r"(?:bei bedarf|bei (?:\w+ )?\w*schmerzen|(?:wenn|falls) (?:notig|erforderlich)"
            r"|zo ?nodig|indien nodig|bij (?:pijn|hoest|koorts)"
            r"|(?:avant|apres|before|after) (?:chaque|each|every) (?!(?:repas|prise|meal)\b)\w+"
            r"|si besoin|si necessaire|a la demande|as needed|as required|when required"
            rf"|if needed|if required|prn|en cas (?:de|des|du|d')|si|if|when)\b{CLAUSE}",
            kind_of(Kind.AS_NEEDED),
        ),
    )
