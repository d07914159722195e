"""Minimal valid objects, one module per app."""
