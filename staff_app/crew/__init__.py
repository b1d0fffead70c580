"""A crew's or contractor's day: the stops as a list, on a map and on a sheet, and the page of each."""
