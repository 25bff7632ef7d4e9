"""How fast, in how much memory, beside what: numbers for the README, asserted by no test."""
