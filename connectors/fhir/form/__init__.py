"""The form of FHIR: JSON and XML as one tree, held against the elements of R4."""
