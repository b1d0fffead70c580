"""What 311 takes off 911, as far as anybody can know."""
