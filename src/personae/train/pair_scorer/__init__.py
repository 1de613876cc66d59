"""The recipe of the pair scorer: rows, network, training, calibration, export, gates, model card."""
