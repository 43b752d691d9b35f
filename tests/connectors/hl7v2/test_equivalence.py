"""The same timing in two forms is the same posology: TQ1 and the field that it replaced."""

from hl7v2_messages import an_order, msh, phases_of, rxe
from hypothesis import given
from hypothesis import strategies as st

from schemas.posology import Phase

RXR = "RXR|PO"
PATTERNS = ("QD", "BID", "TID", "Q8H", "QOD", "Q3D", "Q2W", "QJ135", "QAM", "QHS", "ACM", "PRNQ6H")
UNKNOWN = ("D", "TLJ", "QSHIFT", "C", "Q1L", "")
LENGTHS = (("", ""), ("D4", "4^d"), ("W2", "2^wk"), ("H36", "36^h"))
DAYS = ("", "20260105", "202601050800", "20260302", "20261340")


def one_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


class Timing:
    """One timing, written in both forms."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.code = draw(one_of(*PATTERNS, *UNKNOWN))
        self.times = draw(one_of("", "0800", "0800,2000", "0700,1500,2300", "8h"))
        self.old_length, self.length = draw(st.sampled_from(LENGTHS))
        self.start, self.end = draw(one_of(*DAYS)), draw(one_of(*DAYS))
        self.priority = draw(one_of("", "R", "S", "PRN", "P", "SN"))
        self.condition = draw(one_of("", "si douleur"))
        self.text = draw(one_of("", "au lit"))
        self.count = draw(one_of("", "3", "0"))

    def __repr__(self) -> str:
        return self.new()

    def old(self, conjunction: str = "") -> str:
        """As a TQ."""
        interval = f"{self.code}&{self.times}" if self.times else self.code
        parts = ("1", interval, self.old_length, self.start, self.end, self.priority)
        return "^".join((*parts, self.condition, self.text, conjunction, "", "", self.count))

    def new(self, conjunction: str = "") -> str:
        """As a TQ1."""
        times = self.times.replace(",", "~")
        parts = ("TQ1", "1", "1", self.code, times, "", self.length, self.start, self.end)
        words = (self.priority, self.condition, self.text, conjunction, "", self.count)
        return "|".join((*parts, *words))


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    return Timing(draw)


def said(phases: tuple[Phase, ...]) -> list[tuple[object, ...]]:
    """What phases say, whatever their places."""
    return [
        (
            phase.model_copy(update={"location": "", "findings": ()}),
            sorted(finding.code.value for finding in phase.findings),
        )
        for phase in phases
    ]


@given(timings())
def test_tq1_and_the_field_before_it_say_the_same(timing: Timing) -> None:
    old = an_order(rxe(timing=timing.old()), RXR, header=msh("RDE^O01", version="2.3.1"))
    new = an_order(rxe(), timing.new(), RXR)

    assert said(phases_of(old)) == said(phases_of(new))


@given(timings(), timings(), one_of("S", "A", "C", ""))
def test_a_chain_is_the_same_in_both_forms(first: Timing, second: Timing, by: str) -> None:
    field = f"{first.old(by)}~{second.old()}"
    old = an_order(rxe(timing=field), RXR, header=msh("RDE^O01", version="2.3.1"))
    new = an_order(rxe(), first.new(by), second.new(), RXR)

    assert said(phases_of(old)) == said(phases_of(new))
    assert len(phases_of(new)) == 2


@given(st.permutations(("QD", "QHS", "QJ135")))
def test_the_order_of_the_repetitions_of_a_pattern_says_nothing(codes: list[str]) -> None:
    (phase,) = phases_of(an_order(rxe(), f"TQ1|1||{'~'.join(codes)}", RXR))
    (other,) = phases_of(an_order(rxe(), "TQ1|1||QD~QHS~QJ135", RXR))

    assert phase == other
