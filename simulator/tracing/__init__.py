"""Follows one replication, one person or one payment through the four tables, and tells it in words.

The readable engine simulates the replication again and its luck is written down as it is asked for; the contract's and the
investment's steps are read off the tables. This package must never decide anything: what a rule gives is heard from the
engine, taken from a table, or asked of the function that holds the rule.
"""
