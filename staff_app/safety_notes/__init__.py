"""Safety notes of places: setting, changing and ending them, showing one with a record of who read it, and that record."""
