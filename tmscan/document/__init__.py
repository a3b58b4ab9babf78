"""The model file `threatmodel.yaml`: what a person reviews and edits."""
