"""Ledgers on their way into the lists, as communities send them."""
