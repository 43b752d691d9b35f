"""A written dispensation: what was prepared, its header, its products."""
