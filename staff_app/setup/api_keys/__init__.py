"""Setup of API keys: their terms and use, and requests for one."""
