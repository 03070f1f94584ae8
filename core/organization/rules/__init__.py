"""The rules of the organisation, R1.01 to R1.22, as pure functions: facts and ``as_of`` in, findings out.

Beside the numbered rules: R1.F the form of a unit's particulars, R1.B dates of bodies, R1.P dates and origin of post
holdings, R1.D dates of changes, R1.S the steps a change may take.
"""
