"""Who may do what: accounts, permissions, consent and grants; and the journal of it."""
