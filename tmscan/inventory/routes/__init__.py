"""From recorded calls to routes with their whole paths, and to what answers them."""
