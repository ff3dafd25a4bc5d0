"""What is being decided, at which level, in which rounds."""
