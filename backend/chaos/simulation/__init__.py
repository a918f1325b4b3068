"""A seeded simulation of the dispatcher: no processes, no database, a clock that only turns.

What decides is the product's own code: slots and pairs (``domain.pacing``, the drain's
``Backlog``), shares (``domain.fair_share``), what an answer means (``dispatch.outcomes`` with
``domain.meta_errors``), the shown status (``domain.status_merge``), the clock guard
(``domain.clock_guard``), the waits (``domain.send_timing``) and the tables of moves. What the
product does in SQL, claim, mark, settle, recovery, merge and whatever stops a send, is modelled
here: each as one atomic step over rows in memory, the mark as the three instants it has.
"""
