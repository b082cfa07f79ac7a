"""How well and how quickly passages are found: sixty questions over documents made for it, and a hundred thousand passages."""
