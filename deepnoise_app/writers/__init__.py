"""Writers: one file per format."""

from deepnoise_app.writers.rxrx import write_rxrx

__all__ = ["write_rxrx"]
