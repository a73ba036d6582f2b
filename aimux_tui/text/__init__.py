"""Text for people: numbers with their units, and untrusted text made harmless; no screen needed."""
