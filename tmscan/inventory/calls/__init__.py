"""What a recorded call says: its arguments, its place, the data in it."""
