; The installer of Windows, made by Inno Setup 6.4 or later: see build.ps1. It was never run.
; It installs for the user alone, needs no administrator, and makes the environment in its wizard.
#ifndef Version
  #error Say which version: iscc /DVersion=0.1.0 deepnoise.iss
#endif
#define Payload "..\..\dist\windows-amd64"

[Setup]
AppId={{6B0C3B0E-5C1F-4B1B-9B57-0D6E4E6F1A77}
AppName=DeepNoise
AppVersion={#Version}
AppPublisher=The DeepNoise developers
DefaultDirName={localappdata}\Programs\DeepNoise
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile={#Payload}\LICENSE
SetupIconFile={#Payload}\deepnoise.ico
UninstallDisplayIcon={app}\deepnoise.ico
OutputDir=..\..\dist
OutputBaseFilename=DeepNoise-{#Version}-windows-amd64
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes

[Files]
Source: "{#Payload}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "deepnoise.cmd"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{userprograms}\DeepNoise"; Filename: "{app}\launcher\Scripts\pythonw.exe"; \
  Parameters: "-I ""{app}\setup.pyz"" start open"; IconFilename: "{app}\deepnoise.ico"
Name: "{userprograms}\Repair DeepNoise"; Filename: "{app}\launcher\Scripts\pythonw.exe"; \
  Parameters: "-I ""{app}\setup.pyz"" repair"; IconFilename: "{app}\deepnoise.ico"

[Registry]
; A right click on a folder: a screen, an OME-Zarr plate or a model.
Root: HKCU; Subkey: "Software\Classes\Directory\shell\DeepNoise"; ValueType: string; \
  ValueData: "Open with DeepNoise"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Directory\shell\DeepNoise"; ValueType: string; \
  ValueName: "Icon"; ValueData: "{app}\deepnoise.ico"
Root: HKCU; Subkey: "Software\Classes\Directory\shell\DeepNoise\command"; ValueType: string; \
  ValueData: """{app}\launcher\Scripts\pythonw.exe"" -I ""{app}\setup.pyz"" start open ""%1"""

[Run]
Filename: "{app}\launcher\Scripts\pythonw.exe"; Parameters: "-I ""{app}\setup.pyz"" start open"; \
  Description: "Start DeepNoise"; Flags: postinstall nowait skipifsilent

[UninstallRun]
Filename: "{app}\launcher\Scripts\python.exe"; Parameters: "-I ""{app}\setup.pyz"" remove --yes"; \
  RunOnceId: "RemoveEnvironment"; Flags: runhidden

[UninstallDelete]
Type: filesandordirs; Name: "{app}"

[Code]
var
  Page: TOutputProgressWizardPage;
  LastWords: String;

function Folder: String;
begin
  Result := ExpandConstant('{localappdata}\deepnoise-environment');
end;

{ The setup looks for this file, and stops; what was downloaded is kept. }
procedure OnStop(Sender: TObject);
begin
  SaveStringToFile(Folder + '\stop', '', False);
  TNewButton(Sender).Enabled := False;
  Page.SetText('Stopping', 'What was downloaded is kept.');
end;

{ A line is: PROGRESS <per mille or -> <tab> title <tab> details }
procedure OnLine(const Line: String; const Error, FirstLine: Boolean);
var
  Rest, Share: String;
  Place: Integer;
begin
  if Pos('PROGRESS ', Line) <> 1 then begin
    if Trim(Line) <> '' then LastWords := Line;
    Exit;
  end;
  Rest := Copy(Line, 10, Length(Line));
  Place := Pos(#9, Rest);
  Share := Copy(Rest, 1, Place - 1);
  Rest := Copy(Rest, Place + 1, Length(Rest));
  Place := Pos(#9, Rest);
  if Share <> '-' then Page.SetProgress(StrToIntDef(Share, 0), 1000);
  Page.SetText(Copy(Rest, 1, Place - 1), Copy(Rest, Place + 1, Length(Rest)));
end;

function Run(const Program, Words: String): Boolean;
var
  Code: Integer;
begin
  Result := ExecAndLogOutput(ExpandConstant('{app}\') + Program, ExpandConstant(Words),
    ExpandConstant('{app}'), SW_HIDE, ewWaitUntilTerminated, Code, @OnLine) and (Code = 0);
end;

procedure CurStepChanged(CurStep: TSetupStep);
var
  Stop: TNewButton;
  Done: Boolean;
begin
  if CurStep <> ssPostInstall then Exit;
  Page := CreateOutputProgressPage('Setting up DeepNoise',
    'Its parts are downloaded once: 1 to 4 GB, depending on your graphics card.');
  Stop := TNewButton.Create(Page);
  Stop.Parent := Page.Surface;
  Stop.Caption := 'Stop';
  Stop.Top := Page.SurfaceHeight - Stop.Height;
  Stop.Left := Page.SurfaceWidth - Stop.Width;
  Stop.OnClick := @OnStop;
  Page.Show;
  try
    Page.SetText('Fetching Python', '');
    Done := Run('uv.exe', 'python install --no-bin --no-registry --system-certs'
      + ' --install-dir "{app}\python" 3.12')
      and Run('uv.exe', 'venv --clear --managed-python --no-project --python'
        + ' "{app}\python" "{app}\launcher"')
      and Run('launcher\Scripts\python.exe', '-I "{app}\setup.pyz" --yes --plain');
  finally
    Page.Hide;
  end;
  if not Done then
    MsgBox(LastWords + #13#10 + #13#10 +
      'You can go on at the next start of DeepNoise.', mbError, MB_OK);
end;
