"""What a posology element says of dose and time, as the canonical posology."""
