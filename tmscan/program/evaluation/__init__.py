"""Running code: expressions, statements, calls, and functions once for each way of calling them."""
