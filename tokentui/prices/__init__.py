"""What tokens cost: one arithmetic (`rates`), one book (`book`)."""
