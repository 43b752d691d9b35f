"""A pharmacist's analysis as `M_Compte_rendu_analyse_pharm`.

The structure is that of the published examples (IG médicament of Interop'Santé). PN13 carries
the verdict, the pharmacist's words and the line proposed in its place, and neither the code of
the problem nor that of the intervention: those stay here. Its times have no offset: they are
written on the clock of `Envelope.created_at`, so its offset must be that of the receiver.
"""

from typing import TYPE_CHECKING

from connectors.pn13.connector import NAMESPACE
from connectors.pn13.writing.build import add, clean, stamp
from connectors.pn13.writing.line import Told, add_line
from connectors.pn13.writing.people import add_patient, add_pharmacist
from schemas.decision import Decision, DecisionKind, LineVerdict, ProposalKind, ProposedLine
from schemas.delivery import Analysis
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.prescription import Line, LinkKind

if TYPE_CHECKING:
    from lxml.etree import _Element

VALIDATED, INTERVENTION = "1", "2"
_LINKS = {LinkKind.ALTERNATIVE: "3", LinkKind.MODIFIES: "6", LinkKind.REPLACES: "7"}
_PROPOSALS = {
    ProposalKind.SUGGESTION: ("2", LinkKind.MODIFIES),
    ProposalKind.MODIFICATION: ("2", LinkKind.MODIFIES),
    ProposalKind.SUBSTITUTION: ("3", LinkKind.REPLACES),
}
"""By kind: `Proposition_pharm` of the proposed line, and the link between it and the analysed."""


def write_analysis(analysis: Analysis, envelope: Envelope) -> bytes:
    """The message, in UTF-8.

    Raises: `Refused` for a decision that is no analysis (a hold), for a pharmacist without
    RPPS, a patient without identifier, or a line that the decision does not speak of.
    """
    from lxml import etree

    decision, prescription = analysis.decision, analysis.prescription
    if decision.kind is DecisionKind.HOLD:
        raise Refused("decision.kind: a hold is no result of an analysis")
    clock = envelope.created_at.tzinfo
    root = etree.fromstring(f'<Messages xmlns="{NAMESPACE}"/>')
    root.set("Phast-id_message", clean(envelope.id))
    root.set("Phast-dh_émission", stamp(envelope.created_at))
    message = add(root, "M_Compte_rendu_analyse_pharm")
    add_patient(message, prescription.patient)
    stay = prescription.stay
    if stay is not None and stay.visit is not None:
        add(add(message, "Séjour"), "Id_séjour", stay.visit.value)
    report = add(message, "Compte_rendu_pharm")
    add_pharmacist(report, decision, clock)
    for rank, line in enumerate(prescription.lines, start=1):
        verdict, words = _verdict(decision, rank, line)
        proposals = [each for each in decision.proposals if each.line == str(rank)]
        links = [*_stated(line), *(_link(each, each.proposed) for each in proposals)]
        told = Told(verdict, words, prescriber=prescription.prescriber, links=tuple(links))
        add_line(report, line, told)
        for each in proposals:
            _add_proposal(report, line, each)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _stated(line: Line) -> list[tuple[str, str]]:
    """The links of the sender that PN13 has a code for: the other line, and the code."""
    return [(link.line, _LINKS[link.kind]) for link in line.links if link.kind in _LINKS]


def _link(proposal: ProposedLine, other: Line) -> tuple[str, str]:
    return other.identifier or "", _LINKS[_PROPOSALS[proposal.kind][1]]


def _add_proposal(report: "_Element", analysed: Line, proposal: ProposedLine) -> None:
    """The proposed line, created by the pharmacist and linked back to the one analysed."""
    told = Told(
        VALIDATED,
        proposal.comment,
        proposal=_PROPOSALS[proposal.kind][0],
        action="C",
        links=(_link(proposal, analysed),),
    )
    kind = proposal.proposed.kind or analysed.kind
    add_line(report, proposal.proposed.model_copy(update={"kind": kind}), told)


def _verdict(decision: Decision, rank: int, line: Line) -> tuple[str, str | None]:
    """The verdict on a line, and the pharmacist's words. A decision names lines by their rank.

    A prescription that is sent back as a whole is an intervention on each of its lines.
    """
    if decision.kind is not DecisionKind.VALIDATE:
        return INTERVENTION, _joined(decision.reason, decision.comment)
    own = next((one for one in decision.lines if one.line == str(rank)), None)
    if own is None:
        raise Refused(f"decision.lines: no verdict on line {rank}")
    words = _joined(own.comment, *_intervention_comments(decision, line))
    if own.verdict is LineVerdict.VALIDATED:
        return VALIDATED, words
    return INTERVENTION, words or _joined(decision.reason, decision.comment)


def _intervention_comments(decision: Decision, line: Line) -> list[str | None]:
    """What the pharmacist wrote with the interventions on this line; their codes stay here."""
    return [
        answer.intervention.comment
        for answer in decision.answers
        if answer.intervention is not None
        and (answer.location == line.location or answer.location.startswith(f"{line.location}/"))
    ]


def _joined(*texts: str | None) -> str | None:
    return " ; ".join(dict.fromkeys(text for text in texts if text)) or None
