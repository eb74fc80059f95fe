#!/bin/sh
# The image's one entrance: `entrypoint.sh WORD...` is `python -m deploy WORD...`, so that containers and the local
# runner start the same commands from the same table (deploy/processes.py).
set -eu
umask 077

# Secrets may come as files (Docker and Kubernetes secrets): SECRET_KEY_FILE=/run/secrets/… becomes SECRET_KEY.
for name in DATABASE_URL MIGRATION_DATABASE_URL REDIS_URL SECRET_KEY; do
    eval "path=\${${name}_FILE:-}"
    if [ -n "$path" ]; then
        [ -r "$path" ] || { echo "entrypoint: ${name}_FILE: $path cannot be read" >&2; exit 1; }
        export "$name=$(cat "$path")"
    fi
done

case "${1:-help}" in
    process | migrate | databases | ping | backup | restore | prepare) exec python -m deploy "$@" ;;
    help | --help) exec python -m deploy --help ;;
    *)
        echo "entrypoint: expected process NAME, migrate SERVICE, databases, ping NAME, backup, restore or prepare" >&2
        exit 2
        ;;
esac
