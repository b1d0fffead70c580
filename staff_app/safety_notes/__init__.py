"""Safety notes of places: setting, renewing and ending them, showing one with a record of who read it, and that record."""
