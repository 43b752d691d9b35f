"""Code tables that a pharmacist can sign: one row, one statement, one source."""
