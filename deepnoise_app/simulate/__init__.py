"""Simulated screens: cells, technical noise and layouts; a Screen whose pixels are made."""

from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.pixels import SimulatedPixels
from deepnoise_app.simulate.simulation import SimulatedScreen, simulate_screen

__all__ = ["ScreenDesign", "SimulatedPixels", "SimulatedScreen", "simulate_screen"]
