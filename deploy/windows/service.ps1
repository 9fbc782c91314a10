# 让四单门户随 Windows 启动：用系统自带的“任务计划程序”和 waitress（run.py），不装别的软件。
# 在程序文件夹里用管理员身份的 PowerShell 执行：
#   powershell -ExecutionPolicy Bypass -File deploy\windows\service.ps1 install
#   powershell -ExecutionPolicy Bypass -File deploy\windows\service.ps1 remove
param(
    [Parameter(Mandatory = $true)][ValidateSet("install", "remove")][string]$Action,
    [string]$Instance = "$env:ProgramData\Sidan",
    [int]$Port = 8080
)
$ErrorActionPreference = "Stop"
$Name = "Sidan"
$Folder = (Resolve-Path "$PSScriptRoot\..\..").Path
$Python = Join-Path $Folder ".venv\Scripts\python.exe"

if ($Action -eq "remove") {
    Stop-ScheduledTask -TaskName $Name -ErrorAction SilentlyContinue
    Unregister-ScheduledTask -TaskName $Name -Confirm:$false
    exit 0
}

if (-not (Test-Path $Python)) { throw "找不到 $Python：请先按 README.md 安装。" }
New-Item -ItemType Directory -Force -Path $Instance | Out-Null
# 数据文件夹只给系统、本地服务和管理员（用编号写，各种语言的 Windows 都一样）
icacls $Instance /inheritance:r /grant:r "*S-1-5-18:(OI)(CI)F" "*S-1-5-19:(OI)(CI)M" "*S-1-5-32-544:(OI)(CI)F" | Out-Null
[Environment]::SetEnvironmentVariable("SIDAN_INSTANCE", $Instance, "Machine")
[Environment]::SetEnvironmentVariable("SIDAN_PORT", "$Port", "Machine")

$What = New-ScheduledTaskAction -Execute $Python -Argument "run.py" -WorkingDirectory $Folder
$When = New-ScheduledTaskTrigger -AtStartup
$Who = New-ScheduledTaskPrincipal -UserId "S-1-5-19" -LogonType ServiceAccount -RunLevel Limited
$How = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable
Register-ScheduledTask -TaskName $Name -Action $What -Trigger $When -Principal $Who -Settings $How -Force | Out-Null
Start-ScheduledTask -TaskName $Name
Write-Output "已安装：随系统启动。第一位管理员的链接：.venv\Scripts\flask --app app users invite admin --name 姓名 --role Admin"
