"""The compiled engine: the rules of `pathway/participant.py`, `caseload.py` and `staff.py`, once more, as compiled functions.

Every rule stands here under the name it has there, in a module of the same name; the laws by which uniforms become days are
shared. Both engines give the same event log, event for event, and tests hold them to it.
"""
