"""What an order says of dose and time, as the canonical posology."""
