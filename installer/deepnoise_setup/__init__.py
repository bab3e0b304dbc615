"""The first start of an installed DeepNoise: makes its private environment, mends and removes it.

Runs with the system's Python and needs nothing beyond the standard library. It knows nothing of
the app but its wheel; the window is a thin layer over `installation`.
"""
