"""The identifiers of our own rows. Each kind is a type, so that none passes for another."""

from typing import NewType

TenantId = NewType("TenantId", str)
"""A pharmacy, by its FINESS number."""

ChannelName = NewType("ChannelName", str)
MessageId = NewType("MessageId", str)
PrescriptionId = NewType("PrescriptionId", str)
"""One version of one prescription; the chain is `PrescriptionGroup`."""

PrescriptionGroup = NewType("PrescriptionGroup", str)
LineId = NewType("LineId", str)
ScheduleId = NewType("ScheduleId", str)
DecisionId = NewType("DecisionId", str)
InterpretationId = NewType("InterpretationId", str)
ReleaseId = NewType("ReleaseId", str)
IntakeId = NewType("IntakeId", str)
DispenseId = NewType("DispenseId", str)
NoticeId = NewType("NoticeId", str)
AdherenceId = NewType("AdherenceId", str)
DeliveryId = NewType("DeliveryId", str)
PatientId = NewType("PatientId", str)
UserName = NewType("UserName", str)
Sha256 = NewType("Sha256", str)
"""Sixty-four lower-case hexadecimal digits."""
