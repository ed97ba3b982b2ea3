"""The outcomes contract: what was achieved becomes claims, claims become invoices, invoices are paid or refused (domain.md §3).

This package turns the event log into claims and payments. It must never move a person, know an investor or hold cash.
"""
