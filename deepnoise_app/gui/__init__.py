"""The window: panels around a napari viewer. Knows Qt and napari, and nothing of torch."""
