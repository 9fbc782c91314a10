"""Invented communities to measure with: a command that exists for benchmarks only (`flask bench seed`)."""
