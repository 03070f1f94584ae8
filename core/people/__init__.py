"""People: the member roster, the states of membership, and what the rules say of them (02-roster)."""
