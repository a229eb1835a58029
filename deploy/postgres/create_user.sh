#!/bin/sh
# Runs once, when the database of deploy/compose.yaml is made: an owner of its own for the product's database.
# It is no superuser, since row security, which keeps private notes private, does not bind one.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$ROUBLE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create role rouble login password :'password';
create database rouble owner rouble;
SQL
