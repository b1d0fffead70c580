"""Articles as staff read them: what residents read, what to say, and what is for colleagues alone."""
