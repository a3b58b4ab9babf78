"""What a request fills in: annotated parameters, and the classes that describe data."""
