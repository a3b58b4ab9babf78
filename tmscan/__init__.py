"""tmscan: from a folder of Python to endpoints, a data-flow diagram, STRIDE threats and SARIF."""
