"""How much: an amount with its unit, said again in another unit, four amounts in one scheme."""

import re
from decimal import Decimal

from engine.posology.text.dates import DASHED_DAY
from engine.posology.text.forms import END, Form, Match, kind_of, many, number
from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import any_of, number_of, number_pattern, words_of
from engine.posology.text.strengths import over, strength_forms, strength_of, units
from schemas.posology import Dose
from schemas.quantity import Quantity, Strength

_HALF = Decimal("0.5")
_SHARE = r"(?:\d/\d|\d+(?:,\d+)?|[½¼¾])(?![/,\d])"
_AFTER = re.compile(r" ?(?:/|par\b|per\b)")
_AFTER_OF = re.compile(r" ?/ ?\d| ?(?:par|per) (?!jour|j\b|prise|day|semaine|week)")
"""What makes a strength something else: in `1 gélule à 20 mg par jour`, its `à` makes it plain."""


def scheme_forms() -> tuple[Form, ...]:
    """Morning, noon, evening and perhaps bedtime, by their places alone."""
    shares = [rf"(?P<q{place}>{_SHARE})" for place in range(1, 5)]
    dashed = (
        rf"(?<!\d-)(?<!\d - )(?!{DASHED_DAY}){shares[0]} ?- ?{shares[1]} ?- ?{shares[2]}"
        rf"(?: ?- ?{shares[3]})?(?! ?-? ?\d)"
    )
    return (
        (dashed, _scheme),
        *((_spaced(re.escape(apart)), _scheme) for apart in (".", " ")),
    )


def _spaced(apart: str) -> str:
    """`1.0.1` and `1 0 1`: one figure each, and no further one."""
    q1, q2, q3, q4 = (rf"(?P<q{place}>\d)" for place in range(1, 5))
    return rf"{q1}{apart}{q2}{apart}{q3}(?:{apart}{q4})?(?![. ]?\d)"


def amount_forms() -> tuple[Form, ...]:
    """Units of a stated strength, amounts said again in brackets, amounts, bare numbers."""
    dose, number = any_of("dose_units"), number_pattern()
    counted, measured = units(measuring=False), units(measuring=True)
    return (
        *strength_forms(),
        (
            rf"{number} ?(?:{measured})(?: ?\+ ?{number} ?(?:{measured}){END})+(?! ?/)",
            kind_of(Kind.COMPOUND),
        ),
        (
            rf"\(? ?(?:soit|ie|=) ?{many()} ?(?P<dose>{dose}){END} ?"
            rf"(?:par |/ ?|per |a )(?:jour|j|day|24 ?h){END}(?: ?\))?",
            _of_a_day,
        ),
        (rf"(?:take|prendre|prenez) {many()}(?=\s*(?:$|[.,;]))", _bare_dose),
        (
            rf"{many()}(?: ?\(\d+\))?[ -]?(?P<dose>{counted}){END} ?"
            rf"(?P<of>(?:dose(?:e|es|s)? a|de|a|of) )?"
            rf"(?P<strength>{number}) ?(?P<measure>{measured}){END}(?: ?{over()})?",
            _of_strength,
        ),
        (
            rf"\( ?(?:soit )?{many()} ?(?:de |d')?(?P<dose>{dose}){END} ?\)"
            rf"|(?:soit|ie|=) ?(?P<soit>{number}) ?(?P<unit>{dose}){END}(?! ?/)",
            _said_again,
        ),
        (
            # `1 cp à 2 cp` names the unit with both ends of its range.
            rf"(?P<low>{number}) ?(?P<unit>{dose})\.? (?:-|a|to|ou|or) (?P<high>{number})"
            rf"[ -]?(?P<dose>{dose}){END}(?! ?/)",
            _range_of_one_unit,
        ),
        (
            rf"{many()}(?: ?\(\d+\))?[ -]?(?:de |d'|of )?(?P<dose>{dose})(?:{END}|(?=x ?\d))"
            # A dose by weight of the patient is no dose of the product.
            r"(?!-(?:poids|kg)\b)"
            rf"(?P<half> et demie?\b| et 1/2(?!\w)| ?½| 1/2(?!\w| ?(?:{dose}){END}))?",
            _dose,
        ),
        (rf"{many()}(?: ?\(\d+\))?(?![\w°%])", _bare),
    )


def _scheme(found: Match) -> Item | None:
    """`1-0-1` and `1-0-1-0`: morning, noon, evening and bedtime."""
    numbers = [number(found, name) for name in ("q1", "q2", "q3", "q4") if found[name]]
    doses = tuple(number for number in numbers if number is not None)
    return Item(Kind.SCHEME, doses=doses) if len(doses) == len(numbers) else None


def _range(low: Decimal, high: Decimal | None, unit: str | None) -> Dose:
    ends = [Quantity(value=value, unit=unit) for value in (low, high or low)]
    return Dose(low=ends[0], high=ends[1])


def _of_strength(found: Match) -> Item | None:
    """`2 comprimés de 500 mg`: two tablets, and 1000 mg; `de 75 µg/h` is a strength alone."""
    low, high, strength = (number(found, name) for name in ("low", "high", "strength"))
    after = _AFTER_OF if found["of"] else _AFTER
    if low is None or strength is None or after.match(found.string, found.end()):
        return None
    item = Item(Kind.DOSE, dose=_range(low, high, found["dose"]))
    if found["over"]:
        over = strength_of(found, "strength")
        return None if over is None else item._replace(strength=over)
    most = None if high is None else high * strength
    named = Strength(
        numerator=Quantity(value=strength, unit=found["measure"]),
        denominator=Quantity(value=Decimal(1), unit=found["dose"]),
    )
    again = _range(low * strength, most, found["measure"])
    return item._replace(again=again, strength=named)


def _said_again(found: Match) -> Item | None:
    """`(2 comprimés)`, `soit 1 g`: the amount before, in another unit."""
    if found["soit"] is not None:
        low = number_of(found["soit"])
        again = None if low is None else _range(low, None, found["unit"])
    else:
        item = _dose(found)
        again = None if item is None else item.dose
    return None if again is None else Item(Kind.SAID_AGAIN, dose=again)


def _dose(found: Match) -> Item | None:
    """An amount with its unit."""
    low, high = number(found, "low"), number(found, "high")
    if low is None:
        return None
    if found.groupdict().get("half"):
        # `1 à 2 cp et demi`: the half belongs to the number that it follows.
        low, high = (low + _HALF, None) if high is None else (low, high + _HALF)
    return Item(Kind.DOSE, dose=_range(low, high, found["dose"]))


def _of_a_day(found: Match) -> Item | None:
    """`soit 1500 mg par jour`: what the intakes of a day make."""
    item = _dose(found)
    return None if item is None else item._replace(kind=Kind.OF_A_DAY)


def _range_of_one_unit(found: Match) -> Item | None:
    """`1 cp à 2 cp`; `1 cp à 500 mg` is no range."""
    known = words_of("dose_units")
    return _dose(found) if known[found["unit"]] == known[found["dose"]] else None


def _bare_dose(found: Match) -> Item | None:
    """`Take 1.`: a number that cannot be anything else."""
    item = _bare(found)
    return None if item is None else item._replace(kind=Kind.DOSE)


def _bare(found: Match) -> Item | None:
    """A number without a unit."""
    low, high = number(found, "low"), number(found, "high")
    return None if low is None else Item(Kind.NUMBER, dose=_range(low, high, None))
