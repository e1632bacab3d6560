"""A stand-in for the trainer: it says and writes what the trainer's contract says, and fails as it is told to."""
