"""How pairs of texts are judged. Start with `personae.models.open_pair_scorer`."""
