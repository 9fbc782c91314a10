"""A community's box: one file from which a community is set up, and which may be read again without harm."""
