#!/usr/bin/env bash
# Looks at what would be published: nothing but what is meant to ship, small, and without a trace of this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

vsix=namel3ss-debug.vsix
most=307200  # bytes
expected='^(extension/(package(\.nls)?\.json|readme\.md|changelog\.md|LICENSE\.txt|SUPPORT\.md|language-configuration\.json|dist/[a-z/]+\.js|syntaxes/[a-z0-9.A-Z]+\.json|snippets/[a-z0-9]+\.json|media/[a-z-]+\.(png|svg|css)|walkthrough/[a-z]+\.(md|svg))|extension\.vsixmanifest|\[Content_Types\]\.xml)$'
failed=0
complain() { printf '%s: %s\n' "$vsix" "$*" >&2; failed=1; }

size=$(wc -c <"$vsix")
[ "$size" -le "$most" ] || complain "it is $size bytes; $most are allowed."
files=$(unzip -Z1 "$vsix")
while read -r file; do complain "$file does not belong there."; done < <(grep -vE "$expected" <<<"$files" || true)
for needed in extension/dist/extension.js extension/readme.md extension/changelog.md extension/LICENSE.txt; do
  grep -qFx "$needed" <<<"$files" || complain "$needed is missing."
done
for file in $(grep '\.js$' <<<"$files"); do
  if unzip -p "$vsix" "$file" | grep -qF "$PWD"; then complain "$file names a directory of this machine."; fi
done
[ "$failed" = 0 ] && printf '%s: %d files, %d bytes\n' "$vsix" "$(wc -l <<<"$files")" "$size"
exit "$failed"
