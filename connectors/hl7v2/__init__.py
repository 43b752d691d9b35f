"""HL7 v2: pharmacy orders, movements and administrations, from version 2.1 to 2.8."""
