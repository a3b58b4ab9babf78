"""What is done with values: operators, strings, containers, elements, assigning, going through them."""
