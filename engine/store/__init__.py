"""All SQL: the tables, the unit of work, and one function for each question."""
