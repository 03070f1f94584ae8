"""Care visits 党员四必访: what happened to a member, who went, what was promised, and what came of it."""
