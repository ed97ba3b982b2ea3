"""A deal's own terms held against what is printed of it: prices, funders, budget, return, capital, caseload (docs/deals.md).

Arithmetic only. This package must never simulate a person, and nothing that is printed enters what it computes.
"""
