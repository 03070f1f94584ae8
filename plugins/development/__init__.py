"""Development of members 发展党员: five stages, twenty-five steps, every gate explained."""
