"""Places: the address search, whose ground it is, which areas a point lies in, and the city's own map."""
