"""Cases: opening one, recording what was done, putting it right, and what all of it says.

``opening.open_case`` · ``recording.act`` · ``correcting.correct``, ``correcting.void`` · ``folding.fold`` → ``History`` ·
``gates.rulings_of``, ``gates.health``, ``gates.earliest``, ``gates.needs`` · ``queries`` · ``chain.verify`` · ``ports``.
"""
