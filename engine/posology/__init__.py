"""From a posology to a dose schedule, and from a schedule to dated intakes: pure functions."""
