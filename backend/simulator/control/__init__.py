"""The control API, under ``/control``: how tests and the demo steer the simulator."""
