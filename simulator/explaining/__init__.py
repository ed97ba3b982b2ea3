"""The contract in words: what a scenario's files say, in sentences that a commissioner can check against the contract.

It reads scenarios and nothing else: it must never run one, and never say what a result is. It also writes what helps to write
a scenario: the schema for editors, the guide to all fields, and a new deal to begin with.
"""
