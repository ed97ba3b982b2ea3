"""The service: people are referred, wait, engage, find work, keep it or lose it, under a caseload limit (domain.md §2).

This package turns a scenario and its parameter draws into the event log. It must never know a price, a cap or an account:
money does not steer people.
"""
