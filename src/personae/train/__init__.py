"""Recipes that make or tune models. Torch lives here; nothing is loaded before a recipe is called."""
