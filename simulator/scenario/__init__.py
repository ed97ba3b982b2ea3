"""What was agreed and what is believed, read from files, checked, frozen.

A scenario is a deal (levers: what was agreed), assumptions (uncertainties: what is believed) and settings. This package
turns files into a frozen `Scenario`, and a scenario into one row of parameter values per replication. It must never
simulate, pay or count anything, and never fill in a value that costs money, moves risk or sets a probability or a lag.
"""
