"""What lists share that take in ledgers: the community as a ledger sees it, and how rows find those there are."""
