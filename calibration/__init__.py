"""Assumptions from published evidence: sources in, `scenarios/assumptions/<name>.yaml` out. Not built yet.

Calibration is not built yet: this package is empty but for this text, and today's assumption files are written by hand,
each value with its source. It is for fitting assumptions to published tables and writing them with sources, method,
seed and digest, reproducible byte for byte. It must never be imported by `simulator`, run as part of a simulation, or
write a value that no source or stated judgement stands behind.
"""
