"""A text written from one phase agrees with that phase, and blocks beside every other one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from builders import a_dose, a_frequency, a_phase
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import lasting

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Bounds, Phase, Rhythm, Weekday

DOSES: Mapping[str, tuple[str, str]] = {
    "0.5": ("½ comprimé", "1/2 cp"),
    "1": ("1 comprimé", "un cp"),
    "1.5": ("1 comprimé et demi", "1 cp ½"),
    "2": ("2 comprimés", "deux cp"),
}
RHYTHMS: Mapping[str, tuple[str, str]] = {
    "1/d": ("une fois par jour", "1x/j"),
    "2/d": ("2 fois par jour", "BID"),
    "3/d": ("trois fois par jour", "x 3/j"),
    "every 2 d": ("un jour sur deux", "tous les 2 jours"),
    "every 3 d": ("tous les 3 jours", "tous les trois jours"),
    "every 8 h": ("toutes les 8 heures", "/8h"),
    "every 12 h": ("toutes les 12 heures", "/12h"),
    "1/wk": ("une fois par semaine", "1 fois/semaine"),
    "MORN": ("le matin", "au réveil"),
    "MORN EVE": ("matin et soir", "à 8h et 19h"),
    "MORN NOON EVE": ("matin, midi et soir", "M-M-S"),
    "mon": ("le lundi", "tous les lundis"),
    "mon thu": ("lundi et jeudi", "lu-je"),
}
LENGTHS: Mapping[str, tuple[str, str]] = {
    "": ("", ""),
    "5 d": ("pendant 5 jours", "5 j"),
    "7 d": ("pendant 7 jours", "pendant 1 semaine"),
    "1 mo": ("pendant 1 mois", "QSP 1 mois"),
}
PER_DAY = {"1/d": 1, "2/d": 2, "3/d": 3, "MORN": 1, "MORN EVE": 2, "MORN NOON EVE": 3}


@dataclass(frozen=True)
class Said:
    """A posology by the keys above."""

    dose: str
    rhythm: str
    length: str

    def words(self, way: int) -> str:
        parts = (DOSES[self.dose][way], RHYTHMS[self.rhythm][way], LENGTHS[self.length][way])
        return " ".join(part for part in parts if part)

    def phase(self) -> Phase:
        bounds = lasting(*_length(self.length)) if self.length else Bounds()
        plain = a_phase(dose=f"{self.dose} comprimé", bounds=bounds)
        head, _, unit = self.rhythm.rpartition(" ")
        if "/" in self.rhythm:
            times, _, period = self.rhythm.partition("/")
            rhythm = Rhythm(frequency=a_frequency(int(times), "1", period))
        elif head.startswith("every"):
            rhythm = Rhythm(frequency=a_frequency(1, head.removeprefix("every "), unit))
        elif self.rhythm.islower():
            rhythm = Rhythm(weekdays=tuple(map(Weekday, self.rhythm.split())))
        else:
            times_of = a_phase(moments=self.rhythm.split()).times
            return plain.model_copy(update={"times": times_of})
        return plain.model_copy(update={"rhythm": rhythm})


def _length(said: str) -> tuple[int, str]:
    number, _, unit = said.partition(" ")
    return int(number), unit


SAYINGS = st.builds(
    Said,
    st.sampled_from(list(DOSES)),
    st.sampled_from(list(RHYTHMS)),
    st.sampled_from(list(LENGTHS)),
)


def _may_agree(text: Said, stated: Said) -> bool:
    """Equal, or silent on a length, on the moments of that number a day, or on the weekday."""
    moments = "/d" in text.rhythm and PER_DAY[text.rhythm] == PER_DAY.get(stated.rhythm)
    weekday = (text.rhythm, stated.rhythm) == ("1/wk", "mon")
    rhythm = text.rhythm == stated.rhythm or moments or weekday
    return text.dose == stated.dose and rhythm and text.length in ("", stated.length)


@given(SAYINGS, SAYINGS, st.integers(0, 1))
@settings(max_examples=600, deadline=None)
def test_a_text_agrees_with_its_phase_and_blocks_beside_another(
    text: Said, stated: Said, way: int
) -> None:
    proposal = propose(text.words(way))

    assert proposal.unread == ()
    assert compare(proposal, [text.phase()]) == ()
    if _may_agree(text, stated):
        assert compare(proposal, [stated.phase()]) == ()
    else:
        assert any(finding.blocks for finding in compare(proposal, [stated.phase()]))


@given(SAYINGS.filter(lambda said: said.rhythm in PER_DAY), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_the_amount_of_a_day_agrees_with_what_the_phase_makes_in_one(
    stated: Said, amount: int
) -> None:
    made = Decimal(stated.dose) * PER_DAY[stated.rhythm]

    found = compare(propose(f"{amount} comprimés par jour"), [stated.phase()])

    assert any(finding.blocks for finding in found) is (made != amount)


@given(SAYINGS.filter(lambda said: not said.length), st.sampled_from(["mg", "gélule", "sachet"]))
@settings(max_examples=100, deadline=None)
def test_another_unit_blocks(stated: Said, unit: str) -> None:
    phase = stated.phase().model_copy(update={"dose": a_dose(f"{stated.dose} {unit}")})

    assert any(finding.blocks for finding in compare(propose(stated.words(0)), [phase]))
