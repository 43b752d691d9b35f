"""What an entry says of dose and time, as the canonical posology."""
