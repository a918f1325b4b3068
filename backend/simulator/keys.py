"""Typed names under which the web application keeps what its handlers need."""

from aiohttp import web

from simulator.state import Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
