"""Simulators: an image runs on a simulated board and what it says is decoded."""
