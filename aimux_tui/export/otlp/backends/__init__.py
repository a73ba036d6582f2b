"""What stands at an endpoint, and how each kind wants to be told of traces."""
