"""What a field of a sender's own can say: the fields of ours that a site may give it."""

from enum import StrEnum


class VendorField(StrEnum):
    """A field of ours that a Z field may fill. `IGNORED` says that it says nothing of an order.

    A dose or a time is none of them: what a sender states of those in fields of their own is a
    note, whose words are held against the structure.
    """

    NOTE = "line.note"
    INDICATION = "line.indication"
    IDENTIFIER = "line.identifier"
    SUPPLIED = "line.supplied"
    GROUP = "prescription.group"
    IGNORED = "ignored"
