"""Places: address search, property owners, areas of a point, and the city's map."""
