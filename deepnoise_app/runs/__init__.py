"""Runs: recipe, events, status, run folder, model card. Knows neither torch nor Qt."""
