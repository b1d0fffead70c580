"""Setup of routing: the rules in order, their draft and versions, and simulations."""
