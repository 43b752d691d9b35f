"""HL7 v2 messages for the table of constructs: segments of one order in a clean message."""

from datetime import datetime

_PID = "PID|1||000123^^^EHPAD^PI||EXEMPLE^Odette^^^^^L||19400512|F"
_ORC = ("ORC", "NW", "L1^DPI", "", "G1^DPI")
_PRESCRIBER = "10000012343^MEDICI^Anne^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^L^^^RPPS"
_PRODUCT = "3400932320189^DOLIPRANE 500 mg, comprimé^CIP13"
RXE = f"RXE||{_PRODUCT}|1||CPR^comprimé"
"""One tablet of a coded product at each intake."""
_DETAILS = ("RXE", "RXO")


def message(example: str, start: str) -> bytes:
    """An RDE^O11, or an OMP^O09 where the example has RXO alone, written at `start`.

    `example` are segments of one order, one a line: TQ1 and what stands beside it, else ORC with
    ORC-7, or RXE with RXE-1. ORC gets its writing date and prescriber, RXE is one tablet where
    the example has no detail, `(product)` stands for a coded product, and RXR is oral.
    """
    said = [line.strip() for line in example.strip().splitlines()]
    segments = [line.replace("(product)", _PRODUCT) for line in said]
    names = [segment.partition("|")[0] for segment in segments]
    written = f"{datetime.fromisoformat(start):%Y%m%d%H%M%S}"
    orc = segments.pop(0) if names[0] == "ORC" else "ORC"
    if not set(names) & set(_DETAILS):
        segments.insert(0, RXE)
    if "RXR" not in names:
        segments.append("RXR|PO^orale^HL70162")
    kind = "OMP^O09^OMP_O09" if "RXO" in names and "RXE" not in names else "RDE^O11^RDE_O11"
    header = f"MSH|^~\\&|DPI|EHPAD|LGO|PHARMACIE|{written}||{kind}|M1|P|2.5.1||||||UNICODE UTF-8"
    lines = (header, _PID, _complete(orc, written), *segments)
    return "".join(f"{line}\r" for line in lines).encode()


def _complete(orc: str, written: str) -> str:
    """ORC with a control, numbers, the date of writing and the prescriber where it has none."""
    fields = orc.split("|")
    fields += [""] * (13 - len(fields))
    for at, value in enumerate(_ORC):
        fields[at] = fields[at] or value
    fields[9], fields[12] = fields[9] or written, fields[12] or _PRESCRIBER
    return "|".join(fields)
