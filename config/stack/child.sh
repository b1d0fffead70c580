#!/bin/sh
# child.sh PIDFILE COMMAND...: write the process id to PIDFILE, then exec the command.
echo $$ >"$1.new" && mv -f "$1.new" "$1"
shift
exec "$@"
