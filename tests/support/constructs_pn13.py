"""PN13 messages for the table of constructs: a fragment of a line, wrapped in a clean message."""

from datetime import datetime

from pn13_messages import TABLET, a_line, a_message


def message(example: str, start: str) -> bytes:
    """A message of one line that starts at `start` (ISO 8601, written as its own wall clock).

    `example` are elements of the line: `Elément_posologie`, and where they matter `Dh_fin`,
    `Composant_prescrit` (else one tablet) and `Dh_début` (else `start`).
    """
    begins = f"<Dh_début>{datetime.fromisoformat(start):%Y%m%d%H%M%S}</Dh_début>"
    return a_message(
        a_line(
            example,
            bounds="" if "<Dh_début" in example else begins,
            components="" if "<Composant_prescrit>" in example else TABLET,
        )
    )
