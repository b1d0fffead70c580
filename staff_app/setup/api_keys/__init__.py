"""Setup of API keys: who has one, what it opens, how it is used, and who asks for one."""
