"""Measure the product on this machine, beside references from the same run: machines differ, ratios do not."""
