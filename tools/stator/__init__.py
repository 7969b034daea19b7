"""Stator: a trained model in, real-time firmware out."""

from __future__ import annotations

__version__ = "0.1.0"
