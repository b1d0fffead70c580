#!/bin/sh
# child.sh PIDFILE COMMAND...: note the process id where operators and tests look for it, then become the command.
echo $$ >"$1.new" && mv -f "$1.new" "$1"
shift
exec "$@"
