"""Measures over answers, weighted, each with an interval from drawing whole groups."""
