"""How far a fit can be believed: what it predicts, what it rests on, and what it cannot tell (docs/calibration.md §4).

Everything here reads a fit and the published figures, and changes neither. It must never be a step of the fit.
"""
