"""CDA R2 of the French CI-SIS: the e-prescription eP-MED-DM."""
