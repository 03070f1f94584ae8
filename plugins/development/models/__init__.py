"""The tables of the development of members; each module holds those of one part."""
