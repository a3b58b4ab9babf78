"""Classes of the program and their objects: order, attributes, fields, what annotations promise."""
