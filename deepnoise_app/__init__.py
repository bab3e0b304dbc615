"""DeepNoise: tells the signal of a perturbation from the noise of the experiment."""

__version__ = "0.1.0"
