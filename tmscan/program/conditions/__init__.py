"""What a condition says about names and about the data in them where it holds."""
