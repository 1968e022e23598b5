"""The ledger of facts that every threshold, dose and sentence of advice rests on."""
