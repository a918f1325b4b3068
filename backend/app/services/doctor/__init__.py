"""An examination of the whole installation, a line for each thing that may be wrong."""
