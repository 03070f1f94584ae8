"""Reports of the development of members: measures as predicates over cases, tables, lists behind numbers, closed months."""
