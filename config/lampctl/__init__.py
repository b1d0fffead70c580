"""The commands of an installed city: `lampctl doctor`, `backup`, `restore`, `upgrade` …, and `bin/install`, which makes it one."""
