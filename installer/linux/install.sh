#!/bin/sh
# Installs DeepNoise for the user who runs it, without an administrator:
#   ./install.sh             into ~/.local
#   ./install.sh --prefix D  into D
#   ./install.sh --uninstall takes it away again, with the parts that its first start has made
set -e
here=$(dirname "$(readlink -f "$0")")
prefix=$HOME/.local
uninstall=
while [ $# -gt 0 ]; do
  case $1 in
  --prefix) prefix=$2 && shift 2 ;;
  --uninstall) uninstall=yes && shift ;;
  *)
    echo "usage: ./install.sh [--prefix FOLDER] [--uninstall]" >&2
    exit 2
    ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
case $prefix in
*[\"\\\$\`%]* | *"
"*)
  echo "deepnoise: the folder $prefix holds a character that menu entries cannot name" \
    '(one of " \ $ ` % or a line break): choose another folder' >&2
  exit 2
  ;;
esac
lib=$prefix/lib/deepnoise
share=$prefix/share
folders=$share/applications/zz-deepnoise-folders.desktop

tell_desktop() {
  if command -v update-desktop-database >/dev/null; then
    update-desktop-database -q "$share/applications" 2>/dev/null || true
  fi
  if command -v update-mime-database >/dev/null && [ -d "$share/mime" ]; then
    update-mime-database "$share/mime" 2>/dev/null || true
  fi
}

clear_away() {
  rm -rf "$lib"
  rm -f "$prefix/bin/deepnoise" "$prefix/bin/deepnoise-setup" \
    "$share/applications/deepnoise.desktop" "$folders" "$share/mime/packages/deepnoise.xml" \
    "$share"/icons/hicolor/*/apps/deepnoise.png "$share/icons/hicolor/scalable/apps/deepnoise.svg"
}

if [ -n "$uninstall" ]; then
  if [ -x "$prefix/bin/deepnoise-setup" ]; then "$prefix/bin/deepnoise-setup" remove --yes; fi
  clear_away
  tell_desktop
  echo "DeepNoise is removed. Your runs, models and settings are still there."
  exit 0
fi

opens_folders() {
  xdg-mime query default inode/directory 2>/dev/null || true
}

clear_away
before=$(opens_folders)
mkdir -p "$prefix/bin" "$lib" "$share"
cp -R "$here/lib/." "$lib/"
cp -R "$here/share/." "$share/"
for name in deepnoise deepnoise-setup; do ln -sf "$lib/$name" "$prefix/bin/$name"; done
# A menu finds the program also where its folder is on no PATH.
for entry in "$here"/share/applications/*.desktop; do
  BIN=$prefix/bin/ awk '
    index($0, "Exec=") == 1 {
      program = substr($1, 6)
      print "Exec=\"" ENVIRON["BIN"] program "\"" substr($0, 6 + length(program))
      next
    }
    { print }
  ' "$entry" >"$share/applications/${entry##*/}"
done
tell_desktop
# What a user installs goes before what the system has: folders stay with their file manager.
if [ -n "$before" ] && [ "$(opens_folders)" != "$before" ]; then
  rm -f "$folders"
  tell_desktop
fi
echo "DeepNoise is installed: start it from the menu, or with $prefix/bin/deepnoise."
