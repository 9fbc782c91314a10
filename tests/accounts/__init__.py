"""Accounts: signing in, sessions, grants, one-time links."""
