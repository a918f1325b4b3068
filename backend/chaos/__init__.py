"""Faults on purpose: real processes, seeded mishaps, and a checker that judges afterwards.

See docs/chaos.md. Nothing of the product imports this package.
"""
