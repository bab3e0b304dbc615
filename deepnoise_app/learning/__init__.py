"""Torch and timm live here alone: training, scoring, model packages."""
