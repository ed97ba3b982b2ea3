"""The investment agreement: cash pays for delivery, capital bridges, the investor is paid last (docs/model.md §10 to §13).

This package turns payments into dated postings and postings into returns. It must never change a claim, move a person or
let cash fall below zero.
"""
