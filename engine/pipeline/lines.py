"""Which prescription line an intake is about."""

from schemas.intake import Intake
from schemas.prescription import Line


def same_line(intake: Intake, line: Line) -> bool:
    """Whether the intake names the line: by an identifier of it, else by a product code of it.

    The product is asked only when the intake names no line: a sender that names another line
    means another line.
    """
    if intake.line:
        named = {identifier.value for identifier in intake.line}
        return any(identifier.value in named for identifier in line.identifiers)
    if intake.product is None:
        return False
    codes = {(code.system, code.value) for code in intake.product.codes}
    return any((code.system, code.value) in codes for code in line.product.codes)
