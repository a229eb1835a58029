#!/bin/sh
# Runs a command of the product as the service does: its settings, its user, its folder.
#
#     deploy/as_service.sh doctor
#
# The settings are those of /etc/rouble-reaction/environment, or of the file that ENVIRONMENT_FILE names.
set -eu
cd "$(dirname "$0")/.."
file="${ENVIRONMENT_FILE:-/etc/rouble-reaction/environment}"
while IFS= read -r line; do
    case "$line" in
        "" | \#*) ;;
        *=*) export "${line?}" ;;
    esac
done <"$file"
HOME=/var/lib/rouble-reaction
export HOME
if [ "$(id -u)" -eq 0 ]; then
    exec runuser --user rouble -- .venv/bin/python -m dashboard "$@"
fi
exec .venv/bin/python -m dashboard "$@"
