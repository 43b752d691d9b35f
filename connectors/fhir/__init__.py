"""FHIR R4 (4.0.1), in JSON and in XML."""
