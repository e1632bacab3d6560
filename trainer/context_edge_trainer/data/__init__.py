"""From segments in the store to a snapshot: reading, truth, compact files, triggers."""
