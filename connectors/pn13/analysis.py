"""An analysis that another pharmacist sent: told line by line, and never taken for an order."""

from connectors.pn13.tree import Cursor
from schemas.finding import FindingCode

_VERDICTS = {"1": "validation", "2": "intervention"}
_PROPOSALS = {"2": "suggestion or modification", "3": "substitution"}
"""`Validation_pharm` and `Proposition_pharm` of the published analyses."""


def tell_analysis(message: Cursor) -> None:
    """One finding for each line of the analysis: its number, verdict, proposal and words.

    Every other value of the message stays listed as unused: the line itself is an order of
    somebody else's prescription, and comes as one when its prescriber sends it.
    """
    for report in message.children("Compte_rendu_pharm"):
        for line in report.children("Elément_prescr_pharm"):
            _tell(line)


def _tell(line: Cursor) -> None:
    number = line.take("Id_élément_prescr", gives="findings")
    verdict = line.take("Validation_pharm", gives="findings")
    proposal = line.take("Proposition_pharm", gives="findings")
    words = line.take("Commentaire_pharmacien", gives="findings")
    told = [_VERDICTS.get(verdict.text, "not known")] if verdict else ["no verdict"]
    told += [_PROPOSALS.get(proposal.text, "a proposal that is not known")] if proposal else []
    said = [each.text for each in (number, words) if each is not None]
    line.notebook.doubt(
        FindingCode.ANALYSIS_RECEIVED,
        line.place,
        f"Elément_prescr_pharm: {', '.join(told)}",
        ": ".join(said) or None,
    )
