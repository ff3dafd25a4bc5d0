"""Citizens' words: received, registered, read, split into points, published."""
