"""What the company earns, spends and misses: read-only, bounded, the same numbers at every door.

A report answers a Question with a Table (shape.py); catalogue.py lists them all with their permissions.
"""
