"""Measurements behind docs/benchmarks.md; run with ``make bench`` on an idle machine."""
