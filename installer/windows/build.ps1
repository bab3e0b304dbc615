# Builds DeepNoise-VERSION-windows-amd64.exe into dist\, on Windows with Inno Setup 6.4 or later and
# Python 3.11 or later. Never run so far. With SIGNTOOL set, the result is signed by that command.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..\..')

function Invoke-Checked {
    & $args[0] $args[1..($args.Count - 1)]
    if ($LASTEXITCODE -ne 0) { throw "$($args[0]) ended with $LASTEXITCODE" }
}

if (-not (Test-Path .venv)) { Invoke-Checked python -m venv .venv }
$python = '.venv\Scripts\python.exe'
Invoke-Checked $python -m pip install --quiet uv
Invoke-Checked $python -m uv pip install --quiet -p .venv -c constraints.txt -e '.[app]' --group dev
Invoke-Checked $python installer\build.py windows-amd64

$version = & $python -c "import importlib.metadata as m; print(m.version('deepnoise-app'))"
$iscc = Get-Command iscc -ErrorAction SilentlyContinue
$iscc = if ($iscc) { $iscc.Source } else { "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe" }
Invoke-Checked $iscc "/DVersion=$version" installer\windows\deepnoise.iss
if ($env:SIGNTOOL) {
    Invoke-Expression "$env:SIGNTOOL dist\DeepNoise-$version-windows-amd64.exe"
}
