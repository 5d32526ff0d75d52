#!/usr/bin/env bash
# Serves a folder in a real VS Code, on the loopback address alone, until it is killed.
#
#   serve.sh FOLDER PORT PROFILE [--install FILE.vsix]...
#
# It stays in the foreground, in the place of this shell. PORT 0 is any free one. PROFILE is a directory for the
# editor's extensions and settings; settings.json in PROFILE/user-data/User is left as it is when it is there. The line
# "vscode-web: listening on http://127.0.0.1:PORT" on stdout says that it is ready.
#
# VSCODE_WEB_HOME is where install.sh has put it. When the process VSCODE_WEB_OWNER ends, so does the server.
set -euo pipefail

say() { printf 'vscode-web: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

[ $# -ge 3 ] || die "usage: serve.sh FOLDER PORT PROFILE [--install FILE.vsix]..."
folder=$(cd "$1" 2>/dev/null && pwd) || die "there is no folder $1."
port=$2
[[ $port =~ ^[0-9]+$ ]] || die "$port is not a port."
mkdir -p "$3/extensions" "$3/user-data/User"
profile=$(cd "$3" && pwd)
shift 3

root=${VSCODE_WEB_HOME:-$HOME/.cache/vscode-web}/current
[ -f "$root/.complete" ] || die "VS Code is not installed there. Run $(dirname "${BASH_SOURCE[0]}")/install.sh first."
entry=$root/node_modules/code-server/out/node/entry.js
user=$profile/user-data

[ -f "$user/User/settings.json" ] || printf '{}\n' >"$user/User/settings.json"
# Its own configuration file: it would read, and write, the one in the caller's home.
printf 'auth: none\ncert: false\n' >"$user/server.yaml"
common=(--config "$user/server.yaml" --user-data-dir "$user" --extensions-dir "$profile/extensions")

# VS Code reads a list of what is installed; a folder that is only copied into the directory is not seen.
while [ $# -gt 0 ]; do
  case $1 in
    --install) [ -f "${2:-}" ] || die "there is no file ${2:-}."
      node "$entry" "${common[@]}" --install-extension "$(realpath "$2")" --force >&2 || die "could not install $2."
      shift 2 ;;
    *) die "$1 is not an option." ;;
  esac
done

if [ "$port" = 0 ]; then
  port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
fi
# Says when it answers. It is no child of the server and lives for a minute at most.
( ( for _ in $(seq 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf 'vscode-web: listening on http://127.0.0.1:%s\n' "$port"
      exit 0
    fi
    sleep 0.1
  done
  say "the server did not answer on port $port within a minute." ) & )

if [ -n "${VSCODE_WEB_OWNER:-}" ]; then
  ( while kill -0 "$VSCODE_WEB_OWNER" 2>/dev/null && kill -0 $$ 2>/dev/null; do sleep 1; done
    kill $$ 2>/dev/null ) >/dev/null 2>&1 &
fi

export EXTENSIONS_GALLERY='{"serviceUrl":""}'  # no marketplace: nothing is looked up outside
unset VSCODE_IPC_HOOK_CLI VSCODE_PROXY_URI PORT PASSWORD HASHED_PASSWORD
exec node "$entry" "${common[@]}" --auth none --bind-addr "127.0.0.1:$port" \
  --session-socket "$user/session.sock" --disable-telemetry --disable-update-check \
  --disable-workspace-trust --disable-getting-started-override --disable-proxy \
  --ignore-last-opened "$folder"
