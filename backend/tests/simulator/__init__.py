"""The simulator against a real running instance."""
