"""Setup of times in which clocks are stopped, and of the watches over silence and endings."""
