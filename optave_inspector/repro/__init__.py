"""Recipes: reproductions as text files, made by hand or from evidence, run in the window and without it."""
