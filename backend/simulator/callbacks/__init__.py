"""Callbacks: what is due, in which envelope, and the courier that delivers it."""
