"""Turns runs and plates into pictures and pages."""
