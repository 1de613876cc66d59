"""The recipe of a soft prompt: rows of a persona, tuning of vectors before a frozen model, a folder in PEFT's form."""
