"""What every JSON answer has in common: how it is written, read, versioned and refused. Knows no part of the domain."""
