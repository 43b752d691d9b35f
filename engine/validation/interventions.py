"""The SFPC lists: which codes an intervention may carry. Hospital and officine never mix.

Sources: SFPC Act-IP form (hospital), SFPC community form v6 (officine); the tables
`sfpc/<list>-{problems,interventions,outcomes}` give them with their labels.
"""

from mappings.catalogue import table
from mappings.table import Table
from schemas.decision import Intervention, InterventionList
from schemas.errors import Refused


def problems(code_list: InterventionList) -> Table:
    """The problems of one list."""
    return _part(code_list, "problems")


def interventions(code_list: InterventionList) -> Table:
    """The interventions of one list."""
    return _part(code_list, "interventions")


def outcomes(code_list: InterventionList) -> Table:
    """What may become of an intervention (*devenir*), in one list."""
    return _part(code_list, "outcomes")


def _part(code_list: InterventionList, part: str) -> Table:
    return table(f"sfpc/{code_list.removeprefix('sfpc-')}-{part}")


def fault(intervention: Intervention, expected: InterventionList) -> str | None:
    """The rule that this intervention breaks, or `None`. It names the field, not the value."""
    if intervention.code_list is not expected:
        return f"intervention.code_list must be {expected.value}: the lists number differently"
    if not intervention.problem:
        if intervention.outcome:
            return "intervention.outcome needs a problem: an outcome is that of an intervention"
        return "intervention.problem is missing"
    if intervention.problem not in problems(expected).rows:
        return f"intervention.problem is not a code of {expected.value}"
    if intervention.intervention not in interventions(expected).rows:
        return f"intervention.intervention is not a code of {expected.value}"
    if intervention.outcome is not None and intervention.outcome not in outcomes(expected).rows:
        return f"intervention.outcome is not a code of {expected.value}"
    return None


def check_intervention(
    intervention: Intervention, expected: InterventionList = InterventionList.OFFICINE
) -> None:
    """Nothing when every code is of the expected list. Raises: `Refused` naming the rule."""
    broken = fault(intervention, expected)
    if broken is not None:
        raise Refused(broken)
