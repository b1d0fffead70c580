"""What the city is connected to, with a test of each."""
