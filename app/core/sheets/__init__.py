"""Ledgers as communities send them (台账): read whatever they are kept in, understood, and nothing lost (S3-01)."""
