"""The playground in a notebook's cell."""
