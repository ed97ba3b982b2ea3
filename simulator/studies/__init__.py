"""Studies: questions that take many replications of a scenario, or several scenarios, to answer; here, how a running deal ends.

A study reads scenarios and what crews of replications return, and computes from that. It must never simulate by rules of its
own, draw random numbers of its own, change what a replication does half-way, or show anything: reports do that.
"""
