"""Hostile programs: what a judge must survive, each with the verdict it must get. FIELD by field in `cases/`."""
