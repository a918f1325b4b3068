"""Real counterparts that tests talk to."""
