"""Questions to the ledger, each one function: SQL in, frozen rows out.

Every face asks here, so that all show the same figure to the cent.
"""
