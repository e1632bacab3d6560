"""What a network is worth: figures, gates, and the report."""
