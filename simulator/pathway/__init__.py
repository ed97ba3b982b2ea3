"""The service: people are referred, wait, engage, find work, keep it or lose it, under a caseload limit (docs/model.md §3 to §5).

This package turns a scenario and its parameter draws into the event log. It must never know a price, a cap or an account:
money does not steer people.
"""
