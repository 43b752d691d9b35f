"""What a message says, as FHIR R4 resources: as received, with nothing decided or dated."""
