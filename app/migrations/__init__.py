"""The steps by which the tables came to be; numbered, forward only."""
