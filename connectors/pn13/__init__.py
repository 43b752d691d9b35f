"""PN13-SIPh2: the French XML of the hospital medication circuit."""
