"""The pages, one module a noun of the menu. Thin: forms in, doors called, a template out."""
