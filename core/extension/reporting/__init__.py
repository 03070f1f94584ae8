"""The page 报表: the tables that plugins offer, shown, exported and printed; and their numbers per unit."""
