#!/bin/sh
# Builds DeepNoise-VERSION-macos-arm64.dmg into dist/, on macOS 13 or later with Python 3.11 or later.
# Never run so far. IDENTITY names a certificate to sign with; NOTARY a profile of notarytool.
set -eu
cd "$(dirname "$0")/../.."

[ -d .venv ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet uv
.venv/bin/python -m uv pip install --quiet -p .venv -c constraints.txt -e '.[app]' --group dev
.venv/bin/python installer/build.py macos-arm64

version=$(.venv/bin/python -c "import importlib.metadata as m; print(m.version('deepnoise-app'))")
staged=dist/macos-arm64
place=$(mktemp -d)
app=$place/DeepNoise.app/Contents
mkdir -p "$app/MacOS" "$app/Resources"
cp -R "$staged" "$app/Resources/payload"
mv "$app/Resources/payload/deepnoise.icns" "$app/Resources/"
sed "s/@VERSION@/$version/" installer/macos/Info.plist >"$app/Info.plist"
plutil -lint "$app/Info.plist"
install -m 755 installer/macos/deepnoise "$app/MacOS/deepnoise"

if [ -n "${IDENTITY:-}" ]; then
  codesign --force --options runtime --timestamp --sign "$IDENTITY" "$app/Resources/payload/uv"
  codesign --force --options runtime --timestamp --sign "$IDENTITY" "$place/DeepNoise.app"
fi

made=dist/DeepNoise-$version-macos-arm64.dmg
ln -s /Applications "$place/Applications"
hdiutil create -quiet -ov -volname DeepNoise -srcfolder "$place" -format UDZO "$made"
if [ -n "${NOTARY:-}" ]; then
  xcrun notarytool submit --wait --keychain-profile "$NOTARY" "$made"
  xcrun stapler staple "$made"
fi
rm -rf "$place"
echo "$made"
