#!/bin/sh
# Makes the database and its roles, once, in an empty volume. docs/operating.md says what each role may do.
set -eu
psql --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=owner="$OWNER_PASSWORD" --set=web="$WEB_PASSWORD" --set=worker="$WORKER_PASSWORD" <<'SQL'
CREATE ROLE lamplighter_owner LOGIN CREATEROLE PASSWORD :'owner';
-- Made by the owner, so that `create_roles`, which runs as the owner, may set their limits and rights.
SET ROLE lamplighter_owner;
CREATE ROLE lamplighter_web LOGIN PASSWORD :'web';
CREATE ROLE lamplighter_worker LOGIN PASSWORD :'worker';
RESET ROLE;
CREATE DATABASE lamplighter OWNER lamplighter_owner;
\connect lamplighter
CREATE EXTENSION postgis;
SQL
