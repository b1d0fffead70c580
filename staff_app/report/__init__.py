"""Reports of what somebody who works here saw themselves."""
