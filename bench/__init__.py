"""Side-by-side measurements: the product against a floor written by hand for the same database (`make bench`)."""
