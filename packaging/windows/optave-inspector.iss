; The installer for Windows, made by Inno Setup 6 of dist\optave-inspector: packaging\windows\build.py runs it.
; For one user without an administrator, or for all with one.

#ifndef Version
  #error Say /DVersion=…, as packaging\windows\build.py does.
#endif

[Setup]
AppId={{6881B5B1-2365-4D6E-89BE-79622E318DB6}
AppName=Optave Inspector
AppVersion={#Version}
AppPublisher=Optave Inspector contributors
VersionInfoVersion={#FourNumbers}
DefaultDirName={autopf}\Optave Inspector
DefaultGroupName=Optave Inspector
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
ChangesEnvironment=yes
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\packaging\optave-inspector.ico
UninstallDisplayIcon={app}\Optave Inspector.exe
OutputDir=..\..\dist
OutputBaseFilename=optave-inspector-{#Version}-windows-x64-setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"

[CustomMessages]
en.Path=Find optave-inspector on the command line (adds it to PATH)
fr.Path=Trouver optave-inspector en ligne de commande (l'ajoute à PATH)
en.Capture=Optave Inspector capture
fr.Capture=Capture d'Optave Inspector

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "path"; Description: "{cm:Path}"; Flags: unchecked

[InstallDelete]
; An older version's libraries must not be found by this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\optave-inspector\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Optave Inspector"; Filename: "{app}\Optave Inspector.exe"
Name: "{autodesktop}\Optave Inspector"; Filename: "{app}\Optave Inspector.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.optave-capture"; ValueType: string; ValueData: "OptaveInspector.Capture"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.optave-capture"; ValueType: string; ValueName: "Content Type"; ValueData: "application/vnd.optave-inspector.capture"; Flags: uninsdeletevalue uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\OptaveInspector.Capture"; ValueType: string; ValueData: "{cm:Capture}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\OptaveInspector.Capture\DefaultIcon"; ValueType: string; ValueData: "{app}\Optave Inspector.exe,0"
Root: HKA; Subkey: "Software\Classes\OptaveInspector.Capture\shell\open\command"; ValueType: string; ValueData: """{app}\Optave Inspector.exe"" open --from-desktop ""%1"""
; Windows looks at the last extension alone, and most files that end in .toml are for others: recipes are offered under "Open with".
Root: HKA; Subkey: "Software\Classes\Applications\Optave Inspector.exe\shell\open\command"; ValueType: string; ValueData: """{app}\Optave Inspector.exe"" open --from-desktop ""%1"""; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\Optave Inspector.exe\SupportedTypes"; ValueType: string; ValueName: ".optave-capture"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Optave Inspector.exe\SupportedTypes"; ValueType: string; ValueName: ".toml"; ValueData: ""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NotOnPath

[Run]
Filename: "{app}\Optave Inspector.exe"; Description: "{cm:LaunchProgram,Optave Inspector}"; Flags: nowait postinstall skipifsilent

[Code]
function NotOnPath: Boolean;
var
  Known: string;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Known) then
    Known := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Known) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Known: string;
  Place: Integer;
  Ours: string;
begin
  if Step <> usPostUninstall then
    exit;
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Known) then
    exit;
  Ours := ';' + ExpandConstant('{app}');
  Place := Pos(Uppercase(Ours) + ';', Uppercase(Known) + ';');
  if Place > 0 then
  begin
    Delete(Known, Place, Length(Ours));
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Known);
  end;
end;
