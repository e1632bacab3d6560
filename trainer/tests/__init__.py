"""What the trainer promises, one file per room."""
