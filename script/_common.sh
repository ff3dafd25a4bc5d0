# What the scripts share. Sourced, never run: `source "$(dirname "$0")/_common.sh"` moves to the top of the checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
script_name="script/$(basename "$0")"

say() { printf '%s: %s\n' "$script_name" "$*"; }

fail() {
  printf '%s: %s\n' "$script_name" "$*" >&2
  exit 1
}

# The help of a script is the comment at its top.
help() {
  sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
}

# Runs a command quietly and shows the end of what it said only when it fails.
# usage: quietly LOGFILE COMMAND…
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    return 1
  fi
}

# May we install packages of the system here, without asking anybody for a password?
may_apt() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# usage: apt_install PACKAGE…
apt_install() {
  local root=(env DEBIAN_FRONTEND=noninteractive) log status=0
  [ "$(id -u)" = 0 ] || root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
  local install=("${root[@]}" apt-get install -y -qq --no-install-recommends "$@")
  "${install[@]}" >/dev/null 2>&1 </dev/null && return
  log=$(mktemp)
  quietly "$log" "${root[@]}" apt-get update -qq && quietly "$log" "${install[@]}" || status=$?
  rm -f "$log"
  return "$status"
}
