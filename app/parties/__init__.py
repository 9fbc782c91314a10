"""Parties: who can give something, take something on, or be bound to a role: an organisation, a team or a person.

Each of them is one row of its own list and one row here; both have the same id and the same `uid`. So a resource or an
order names its provider by one id, whatever kind of provider it is.
"""
