"""Bringing in the register of running cases 发展党员情况登记表 that a unit kept before: one row a person, a column a step."""
