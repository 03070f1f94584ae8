"""The hardship register, and subsidies for members of before 1949."""
