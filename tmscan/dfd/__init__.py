"""The data-flow model: elements, flows, nested trust boundaries and the diagrams drawn from them."""
