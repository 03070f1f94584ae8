"""Secret ballots, opinion polls and public notices: what is decided by votes, and what everybody may speak to."""
