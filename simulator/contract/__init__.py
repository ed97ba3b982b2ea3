"""The outcomes contract: from what was achieved to claims, invoices, payments and refusals (docs/model.md §6 to §9).

This package turns the event log into claims and payments. It must never move a person, know an investor or hold cash.
"""
