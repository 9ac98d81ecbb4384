"""How a community lives: columns, phases, the service queue, the ledger and Mesa's agents."""
