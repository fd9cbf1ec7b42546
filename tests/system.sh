#!/bin/sh
# Brings the Debian packages the tests need; without the right to install, names them.
set -e
missing=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
fc-match -f '%{lang}' 'Noto Sans CJK JP:lang=ja' 2>/dev/null | tr '|' '\n' | grep -qx ja || missing="$missing fonts-noto-cjk fontconfig"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc-nogui"
for part in swlo:writer sdlo:impress; do
  ls /usr/lib*/libreoffice/program/lib${part%:*}.so >/dev/null 2>&1 || missing="$missing libreoffice-${part#*:}-nogui"
done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
# Wanted, not needed: the browser without a window draws the same pages for half the work.
wanted=""
command -v chromium-headless-shell >/dev/null 2>&1 || wanted="chromium-headless-shell"
[ -z "$missing$wanted" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  [ -z "$missing" ] && exit 0
  echo "The tests need these Debian packages or their like:$missing" >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo"
else
  [ -z "$missing" ] && exit 0
  echo "The tests need packages an administrator must add: apt-get install$missing" >&2
  exit 1
fi
install() {
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if [ -n "$missing" ]; then
  $as_root apt-get update -qq
  install $missing
  [ -z "$wanted" ] || install $wanted || true
else
  { $as_root apt-get update -qq && install $wanted; } || true
fi
