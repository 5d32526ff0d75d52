#!/usr/bin/env bash
# Installs a real VS Code that a browser can open, from the package registries alone.
#
#   install.sh [HOME_DIR]         by default $VSCODE_WEB_HOME, or else ~/.cache/vscode-web
#
# The npm package code-server carries VS Code's own server and workbench. Its install scripts would fetch binaries
# from elsewhere, so none of them is run; the four native modules that the server loads are compiled here. A finished
# installation has a stamp of what it was made of, and asking for it again costs nothing.
#
# The last line on stdout is the installation's directory; all else goes to stderr. It needs node 20 with its headers,
# npm, a C++ compiler, make and python3. With INSTALL_APT=1, root on Debian gets what is missing with apt-get, the
# browser included.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${1:-${VSCODE_WEB_HOME:-$HOME/.cache/vscode-web}}
node_major=20  # this server's native modules are written for it

say() { printf 'vscode-web: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
finish() { ln -sfn "$(basename "$target")" "$home/current"; printf '%s\n' "$target"; }

command -v node >/dev/null || die "node is not installed. Node $node_major is needed."
version=$(node -p process.versions.node)
[ "${version%%.*}" = "$node_major" ] || die "this is node $version. Node $node_major is needed."
made_of=$(cat "$here/install.sh" "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-12)
target=$home/$made_of-abi$(node -p process.versions.modules)-$(uname -m)

# ---- what has to be on the machine: a compiler, and for the tests a browser -----------------------------------------
has() { local name; for name in "$@"; do command -v "$name" >/dev/null && return; done; return 1; }
missing=()
wished=()
has g++ || missing+=(g++)
has make || missing+=(make)
has python3 || missing+=(python3)
has chromium chromium-browser google-chrome || wished+=(chromium)
has rg || wished+=(ripgrep)
if [ -f "$target/.complete" ]; then missing=(); fi
wanted=(${missing[@]+"${missing[@]}"} ${wished[@]+"${wished[@]}"})
if [ ${#wanted[@]} -gt 0 ] && [ "${INSTALL_APT:-0}" = 1 ] && has apt-get && [ "$(id -u)" = 0 ]; then
  say "apt-get install ${wanted[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"
  } >&2 || die "apt-get could not install ${wanted[*]}."
  missing=()
  wished=()
fi
[ ${#missing[@]} -eq 0 ] || die "these are missing: ${missing[*]}. Install them, or run this as root with INSTALL_APT=1."
[ ${#wished[@]} -eq 0 ] || say "without ${wished[*]} the tests cannot run"
if [ -f "$target/.complete" ]; then say "already installed"; finish; exit 0; fi
has npm || die "npm is not installed."

# node-gyp would download headers that it does not find.
node_dir=$(dirname "$(dirname "$(node -p 'fs.realpathSync(process.execPath)')")")
[ -f "$node_dir/include/node/node_version.h" ] || die "the headers of node $version are not in $node_dir/include/node."

# ---- one at a time, beside the place, and moved there at the end ----------------------------------------------------
mkdir -p "$home"
exec 9>"$home/.lock"
flock -w "${VSCODE_WEB_LOCK_WAIT:-900}" 9 || die "somebody else is installing into $home."
if [ -f "$target/.complete" ]; then say "installed meanwhile"; finish; exit 0; fi
stage=$home/.stage.$$
trap 'rm -rf "$stage"' EXIT
rm -rf "$home"/.stage.* "$target"
mkdir -p "$stage"
log=$home/install.log
: >"$log"

began=$SECONDS
step() {
  local title=$1 from=$SECONDS
  shift
  if ! "$@" >>"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    die "could not $title. All of the output is in $log."
  fi
  say "$title: $((SECONDS - from)) s"
}
unpack() { (cd "$2" && npm "$1" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error); }
compile() { (cd "$1" && node "$stage/node_modules/node-gyp/bin/node-gyp.js" rebuild --nodedir="$node_dir"); }
compile_argon2() {  # its binding.gyp is told where to build by node-pre-gyp
  (cd "$stage/node_modules/argon2" &&
    PATH="$stage/node_modules/.bin:$PATH" npm_config_nodedir=$node_dir \
    node "$stage/node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp" install --build-from-source)
}

cp "$here/package.json" "$here/package-lock.json" "$stage/"
step "unpack code-server" unpack ci "$stage"
vscode=$stage/node_modules/code-server/lib/vscode
# npm ci refuses the shrinkwraps that code-server ships as incomplete; npm install keeps to their versions all the same.
step "unpack the server's modules" unpack install "$vscode"
step "unpack the built-in extensions' modules" unpack install "$vscode/extensions"
step "compile argon2" compile_argon2
for module in @vscode/spdlog native-watchdog node-pty; do
  step "compile $module" compile "$vscode/node_modules/$module"
done

# The server looks for its modules in an archive, and for ripgrep inside a package.
ln -sfn node_modules "$vscode/node_modules.asar"
ln -sfn node_modules "$vscode/extensions/node_modules.asar"
mkdir -p "$vscode/node_modules/@vscode/ripgrep/bin"
if has rg; then ln -sfn "$(command -v rg)" "$vscode/node_modules/@vscode/ripgrep/bin/rg"; fi

# ---- it is finished when everything native can be loaded ------------------------------------------------------------
load() {
  (cd "$vscode" && node -e '
    for (const name of ["node-pty", "@vscode/spdlog", "native-watchdog", "@parcel/watcher"]) require("./node_modules/" + name)')
  (cd "$stage" && node -e 'require("argon2")' && node node_modules/code-server/out/node/entry.js --version)
}
step "load what was compiled" load
find "$stage" -type d \( -name obj.target -o -name .deps \) -prune -exec rm -rf {} + 2>/dev/null || true
date -u +%FT%TZ >"$stage/.complete"
mv "$stage" "$target"
say "installed in $((SECONDS - began)) s"
finish
