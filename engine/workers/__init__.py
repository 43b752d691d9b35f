"""Workers: dramatiq rings, the tables say what there is to do."""
