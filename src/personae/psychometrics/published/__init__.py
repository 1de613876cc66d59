"""Published questionnaires: keys, scales and checksums are here, sentences are read from the user's folder."""
