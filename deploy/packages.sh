#!/usr/bin/env bash
# Sees to it that Debian's or Ubuntu's packages named on the line are there: installs them as root, else says how.
set -euo pipefail

have() {
    case $1 in
        python3-venv) "${PYTHON:-python3}" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' ;;
        libcurl4) /sbin/ldconfig -p | grep 'libcurl\.so\.4 ' ;;
        chromium) command -v chromium ;;
        fonts-noto-cjk) fc-list | grep 'CJK' ;;
        *) dpkg-query --status "$1" ;;
    esac >/dev/null 2>&1
}

missing=()
for package in "$@"; do have "$package" || missing+=("$package"); done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    printf '还缺系统的包，请先执行：\n\n    sudo apt-get update && sudo apt-get install -y %s\n\n' "${missing[*]}" >&2
    exit 1
fi
printf '  安装系统的包 %s … ' "${missing[*]}"
began=$SECONDS
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
printf '%s 秒\n' $((SECONDS - began))
for package in "${missing[@]}"; do
    have "$package" || { printf '%s 装上了，但仍不能用；需要 Python 3.11 以上。\n' "$package" >&2; exit 1; }
done
