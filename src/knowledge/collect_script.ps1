#@ always controller-lsa-key
# Paste the whole block into Windows PowerShell 5.1, run as administrator, on each machine that is meant.
# It reads, and writes one folder and one zip of it below \Temp. It changes nothing and sends nothing.
& {
#@ values
#@ always
    $ErrorActionPreference = 'Stop'
    $Time = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ', [Globalization.CultureInfo]::InvariantCulture)
    $Folder = Join-Path -Path $env:SystemDrive -ChildPath "Temp\sspr-triage_${env:COMPUTERNAME}_$Time"
    $Problems = Join-Path -Path $Folder -ChildPath 'errors.txt'
    New-Item -ItemType Directory -Path $Folder -Force | Out-Null
    # A command that fails costs its own file, and is noted.
    function Invoke-Step {
        param([string]$Artifact, [scriptblock]$Command)
        Write-Output "sspr-triage: $Artifact"
        try {
            $global:LASTEXITCODE = 0
            & $Command
            if ($global:LASTEXITCODE -ne 0) { throw "exit code $global:LASTEXITCODE" }
        } catch {
            "${Artifact}: $($_.Exception.Message)" | Out-File -FilePath $Problems -Append -Encoding utf8
        }
    }
    $Principal = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
    if (-not $Principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
        'not elevated: event logs and policy reports may be missing' | Out-File -FilePath $Problems -Append -Encoding utf8
        Write-Warning 'This console is not elevated: event logs and policy reports may be missing.'
    }
    # The role decides what is read: LanmanNT is a domain controller, the service ADSync is Entra Connect.
    $Product = Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\ProductOptions'
    $IsController = $Product.ProductType -eq 'LanmanNT'
    $IsServer = $null -ne (Get-Service -Name 'ADSync' -ErrorAction SilentlyContinue)
    if (-not ($IsController -or $IsServer)) {
        Write-Warning 'This machine is neither a domain controller nor the Entra Connect server.'
    }
    # The name and the role stand in the same file as the values, so that nobody has to guess whose they are.
    Invoke-Step -Artifact 'registry' -Command {
        $Keys = @('Lsa', 'ComputerName\ComputerName', 'ProductOptions')
        $Text = foreach ($Key in $Keys) { reg.exe query "HKLM\SYSTEM\CurrentControlSet\Control\$Key" }
        $Text | Out-File -FilePath (Join-Path -Path $Folder -ChildPath 'registry.txt') -Encoding utf8 -Width 4096
    }
#@ connect-application-log
    if ($IsServer) {
        Invoke-Step -Artifact 'connect-application-log' -Command {
            wevtutil.exe epl Application (Join-Path -Path $Folder -ChildPath 'Application.evtx')
        }
    }
#@ connector-configuration
    if ($IsServer) {
        Invoke-Step -Artifact 'connector-configuration' -Command {
            Import-Module -Name ADSync
            Get-ADSyncServerConfiguration -Path (Join-Path -Path $Folder -ChildPath 'ADSyncConfiguration')
        }
    }
#@ controller-policy-report
    Invoke-Step -Artifact 'controller-policy-report' -Command {
        gpresult.exe /scope computer /x (Join-Path -Path $Folder -ChildPath 'GPreport.xml') /f
    }
#@ controller-system-log
    if ($IsController) {
        Invoke-Step -Artifact 'controller-system-log' -Command {
            wevtutil.exe epl System (Join-Path -Path $Folder -ChildPath 'System.evtx')
        }
    }
#@ controller-security-log
    if ($IsController) {
        Invoke-Step -Artifact 'controller-security-log' -Command {
            $Query = '/q:*[System[(EventID=4724 or EventID=4780)]]'
            wevtutil.exe epl Security (Join-Path -Path $Folder -ChildPath 'Security.evtx') $Query
        }
    }
#@ target-user
    if ($IsController) {
        $Number = 0
        foreach ($User in $Users) {
            $Number = $Number + 1
            Invoke-Step -Artifact "target-user $Number" -Command {
                $Name = $User.Replace('\', '\5c').Replace('*', '\2a').Replace('(', '\28').Replace(')', '\29')
                $Wanted = @('adminCount', 'memberOf', 'primaryGroupID', 'objectSid', 'mS-DS-ConsistencyGuid')
                $Limit = $global:FormatEnumerationLimit
                $global:FormatEnumerationLimit = -1
                Get-ADUser -LDAPFilter "(userPrincipalName=$Name)" -Properties $Wanted | Format-List |
                    Out-File -FilePath (Join-Path -Path $Folder -ChildPath "user_$Number.txt") -Encoding utf8 -Width 4096
                $global:FormatEnumerationLimit = $Limit
            }
        }
    }
#@ target-permissions
    if ($IsController) {
        $Number = 0
        foreach ($User in $Users) {
            $Number = $Number + 1
            Invoke-Step -Artifact "target-permissions $Number" -Command {
                $Name = $User.Replace('\', '\5c').Replace('*', '\2a').Replace('(', '\28').Replace(')', '\29')
                $Shown = @('Path', 'Owner', 'Sddl')
                Import-Module -Name ActiveDirectory
                Get-ADUser -LDAPFilter "(userPrincipalName=$Name)" |
                    ForEach-Object -Process { Get-Acl -Path "AD:$($_.DistinguishedName)" } |
                    Format-List -Property $Shown |
                    Out-File -FilePath (Join-Path -Path $Folder -ChildPath "acl_$Number.txt") -Encoding utf8 -Width 4096
            }
        }
    }
#@ connector-account
    if ($IsController) {
        $Number = 0
        foreach ($Account in $Accounts) {
            $Number = $Number + 1
            Invoke-Step -Artifact "connector-account $Number" -Command {
                $Name = ($Account -split '\\')[-1]
                $Name = $Name.Replace('*', '\2a').Replace('(', '\28').Replace(')', '\29')
                $Wanted = @('adminCount', 'memberOf', 'primaryGroupID', 'objectSid')
                $Limit = $global:FormatEnumerationLimit
                $global:FormatEnumerationLimit = -1
                Get-ADUser -LDAPFilter "(sAMAccountName=$Name)" -Properties $Wanted | Format-List |
                    Out-File -FilePath (Join-Path -Path $Folder -ChildPath "connector_$Number.txt") -Encoding utf8 -Width 4096
                $global:FormatEnumerationLimit = $Limit
            }
        }
    }
#@ net-user-read-access
    if ($IsController) {
        Invoke-Step -Artifact 'net-user-read-access' -Command {
            $Limit = $global:FormatEnumerationLimit
            $global:FormatEnumerationLimit = -1
            Get-ADGroup -Identity 'S-1-5-32-554' -Properties 'member' | Format-List |
                Out-File -FilePath (Join-Path -Path $Folder -ChildPath 'pre2000.txt') -Encoding utf8 -Width 4096
            $global:FormatEnumerationLimit = $Limit
            $Root = (Get-ADDomain -Current LocalComputer).DistinguishedName
            $Shown = @('Path', 'Owner', 'Sddl')
            @($Root, "CN=Builtin,$Root", "CN=Server,CN=System,$Root") |
                ForEach-Object -Process { Get-Acl -Path "AD:$_" } |
                Format-List -Property $Shown |
                Out-File -FilePath (Join-Path -Path $Folder -ChildPath 'acl_reads.txt') -Encoding utf8 -Width 4096
        }
    }
#@ always
    Compress-Archive -Path $Folder -DestinationPath "$Folder.zip"
    Write-Output "sspr-triage: please send $Folder.zip"
}
