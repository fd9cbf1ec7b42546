#!/bin/sh
# Brings the Debian packages the tests need; without the right to install, names them.
set -e
missing=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
fc-match -f '%{lang}' 'Noto Sans CJK JP:lang=ja' 2>/dev/null | tr '|' '\n' | grep -qx ja || missing="$missing fonts-noto-cjk fontconfig"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc-nogui"
ls /usr/lib*/libreoffice/program/libswlo.so >/dev/null 2>&1 || missing="$missing libreoffice-writer-nogui"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need these Debian packages or their like:$missing" >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo"
else
  echo "The tests need packages an administrator must add: apt-get install$missing" >&2
  exit 1
fi
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
