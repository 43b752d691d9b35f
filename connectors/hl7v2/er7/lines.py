"""Text to lines: what ends a segment, and which line feeds are text inside a field.

The standard knows the carriage return alone; many senders write line feeds, or both. Source:
HL7 v2.5.1 §2.5.4, and messages that were met.
"""

import re

from connectors.hl7v2.er7.separators import HEADERS

_START = re.compile(r"(?:\A|[\r\n])[ \t]*(?:MSH|FHS|BHS)([^\r\n])")


def lines_of(text: str) -> tuple[list[str], bool]:
    """The segments as lines, and whether a line feed was kept as text inside a field.

    A carriage return always ends a segment. A line feed does when another end, the end of the
    text, or something like a segment name with its separator follows. Blanks in front of a
    header, and lines of blanks, are left out.
    """
    feeds = "\n" in text
    if feeds:
        text = text.replace("\r\n", "\r")
        marks = "".join(sorted(set(_START.findall(text)))) or "|"
        after = rf"[ \t]*[A-Za-z][A-Za-z0-9]{{2}}(?:[{re.escape(marks)}]|[\r\n]|\Z)|[\r\n]|\Z"
        text = re.sub(rf"\n(?={after})", "\r", text)
        feeds = "\n" in text
    lines = [line for line in text.split("\r") if line and not line.isspace()]
    for at, line in enumerate(lines):
        if line[0] in " \t\n" and line.lstrip()[:3] in HEADERS:
            lines[at] = line.lstrip()
    return lines, feeds
