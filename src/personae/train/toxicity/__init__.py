"""The recipe of the toxicity scorer: two linear heads on a released sample, cross-validated, with their card."""
