"""prosa: one self-hosted server between people and language models."""

__version__ = "0.1.0"
