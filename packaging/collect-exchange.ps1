<#
.SYNOPSIS
Writes what `sluice check --from-files FOLDER` needs of an Exchange or Windows mail server into a new folder.

.DESCRIPTION
Run it in the Exchange Management Shell, as an administrator (Exchange 2010 and later), or in PowerShell on a server with the
IIS SMTP service (Exchange 2003: copy MetaBase.xml by hand when there is no PowerShell). It only reads: nothing is changed, no
message and no password is read, nothing is sent anywhere.

.PARAMETER Path
The folder to make. It must not be there yet.

.PARAMETER SkipAccounts
Leaves out the names of accounts and mailboxes.

.EXAMPLE
.\collect-exchange.ps1 -Path C:\collected
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $Path,
    [switch] $SkipAccounts
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# Lists are written whole in texts, too.
$global:FormatEnumerationLimit = -1

if (Test-Path -LiteralPath $Path) { throw "$Path is there already" }
$null = New-Item -ItemType Directory -Path $Path
$Path = (Resolve-Path -LiteralPath $Path).Path
# Only administrators, the system and whoever runs this may read it.
$null = & icacls.exe $Path /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' "$($env:USERDOMAIN)\$($env:USERNAME):(OI)(CI)F"
$missing = New-Object System.Collections.ArrayList

function Save-Fact([string] $Name, [string[]] $Commands, [scriptblock] $Body) {
    $absent = @($Commands | Where-Object { -not (Get-Command -Name $_ -ErrorAction SilentlyContinue) })
    if ($absent.Count -gt 0) {
        $null = $missing.Add("$Name`t$($absent -join ', ') is not there")
        return
    }
    $file = Join-Path $Path ($Name -replace '/', '\')
    $null = New-Item -ItemType Directory -Force -Path (Split-Path -Parent $file)
    try {
        & $Body $file
        if (-not (Test-Path -LiteralPath $file)) { $null = $missing.Add("$Name`tnothing was given") }
    } catch {
        $null = $missing.Add("$Name`t$($_.Exception.Message -replace '\s+', ' ')")
        Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
    }
}

function Save-Clixml([string] $Name, [string] $Command, [string[]] $Properties) {
    Save-Fact $Name @($Command) {
        param($file)
        # Only what the checks look at.
        & $Command | Select-Object -Property $Properties | Export-Clixml -Path $file -Depth 3 -Encoding UTF8
    }
}

function Save-Json([string] $Name, [string[]] $Commands, [scriptblock] $Body) {
    Save-Fact $Name $Commands {
        param($file)
        $json = ConvertTo-Json -Depth 4 -InputObject (& $Body)
        [IO.File]::WriteAllText($file, $json + "`n", (New-Object Text.UTF8Encoding $false))
    }.GetNewClosure()
}

# Exchange. Export-Clixml has no -LiteralPath in PowerShell 2.0, which Exchange 2010's shell runs on.
Save-Clixml 'exchange/receive-connectors.clixml' 'Get-ReceiveConnector' @(
    'Identity', 'DistinguishedName', 'Name', 'Server', 'Enabled', 'Bindings', 'RemoteIPRanges', 'AuthMechanism', 'PermissionGroups',
    'RequireTLS', 'MessageRateLimit', 'MaxRecipientsPerMessage', 'TransportRole')
Save-Fact 'exchange/receive-connector-permissions.clixml' @('Get-ReceiveConnector', 'Get-ADPermission') {
    param($file)
    Get-ReceiveConnector | Get-ADPermission | Where-Object { $_.ExtendedRights } |
        Select-Object -Property Identity, User, Deny, IsInherited, ExtendedRights |
        Export-Clixml -Path $file -Depth 3 -Encoding UTF8
}
Save-Clixml 'exchange/send-connectors.clixml' 'Get-SendConnector' @(
    'Identity', 'Name', 'Enabled', 'AddressSpaces', 'SmartHosts', 'SmartHostAuthMechanism', 'RequireTLS', 'TlsAuthLevel', 'DNSRoutingEnabled')
Save-Clixml 'exchange/accepted-domains.clixml' 'Get-AcceptedDomain' @('Identity', 'Name', 'DomainName', 'DomainType', 'Default')
Save-Clixml 'exchange/remote-domains.clixml' 'Get-RemoteDomain' @('Identity', 'Name', 'DomainName', 'AutoForwardEnabled')
Save-Clixml 'exchange/transport-config.clixml' 'Get-TransportConfig' @('Identity', 'Name', 'MaxRecipientEnvelopeLimit', 'MaxSendSize')
Save-Clixml 'exchange/throttling-policies.clixml' 'Get-ThrottlingPolicy' @(
    'Identity', 'Name', 'ThrottlingPolicyScope', 'RecipientRateLimit', 'MessageRateLimit')
if (-not $SkipAccounts) {
    Save-Fact 'exchange/mailboxes.clixml' @('Get-Mailbox') {
        param($file)
        Get-Mailbox -ResultSize Unlimited |
            Select-Object -Property Identity, Name, Alias, SamAccountName, PrimarySmtpAddress, RecipientTypeDetails, ForwardingSmtpAddress,
                ExchangeUserAccountControl |
            Export-Clixml -Path $file -Depth 2 -Encoding UTF8
    }
}

# Exchange 2000/2003 and IIS SMTP: the metabase.
$metabase = Join-Path $env:SystemRoot 'System32\inetsrv\MetaBase.xml'
if (Test-Path -LiteralPath $metabase) {
    Save-Fact 'exchange/MetaBase.xml' @() {
        param($file)
        # Of the metabase only the SMTP service: other sites' settings hold passwords.
        $all = New-Object Xml.XmlDocument
        $all.Load($metabase)
        $kept = New-Object Xml.XmlDocument
        $null = $kept.AppendChild($kept.CreateElement('configuration'))
        $properties = $kept.DocumentElement.AppendChild($kept.CreateElement('MBProperty'))
        foreach ($node in $all.DocumentElement.GetElementsByTagName('MBProperty').Item(0).ChildNodes) {
            if ($node.LocalName -ne 'IIsSmtpService' -and $node.LocalName -ne 'IIsSmtpServer') { continue }
            $copy = $properties.AppendChild($kept.CreateElement($node.LocalName))
            foreach ($name in 'Location', 'ServerComment', 'RelayForAuth', 'RelayIpList') {
                if ($node.HasAttribute($name)) { $copy.SetAttribute($name, $node.GetAttribute($name)) }
            }
        }
        $kept.Save($file)
    }
}

# Windows
Save-Json 'firewall/windows.json' @('Get-NetFirewallRule', 'Get-NetFirewallProfile') {
    @{
        Rules = @(Get-NetFirewallRule -PolicyStore ActiveStore |
            Select-Object -Property InstanceID, DisplayName, Enabled, Direction, Action, Profile, EdgeTraversalPolicy)
        Profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore |
            Select-Object -Property Name, Enabled, DefaultInboundAction, DefaultOutboundAction)
        PortFilters = @(Get-NetFirewallPortFilter -PolicyStore ActiveStore |
            Select-Object -Property InstanceID, Protocol, LocalPort, RemotePort)
        AddressFilters = @(Get-NetFirewallAddressFilter -PolicyStore ActiveStore |
            Select-Object -Property InstanceID, LocalAddress, RemoteAddress)
        InterfaceTypeFilters = @(Get-NetFirewallInterfaceTypeFilter -PolicyStore ActiveStore |
            Select-Object -Property InstanceID, InterfaceType)
        ApplicationFilters = @(Get-NetFirewallApplicationFilter -PolicyStore ActiveStore |
            Select-Object -Property InstanceID, Program)
    }
}
Save-Fact 'firewall/ip_forward' @() {
    param($file)
    $values = Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    $forwards = if ($values.PSObject.Properties['IPEnableRouter'] -and $values.IPEnableRouter -ne 0) { '1' } else { '0' }
    [IO.File]::WriteAllText($file, $forwards + "`n")
}
if (-not $SkipAccounts) {
    Save-Json 'accounts/local-users.json' @('Get-LocalUser') {
        @(Get-LocalUser | Select-Object -Property Name, FullName, Enabled, SID, LastLogon, PasswordRequired, PasswordExpires)
    }
    Save-Json 'accounts/ad-users.json' @('Get-ADUser') {
        @(Get-ADUser -Filter * -Properties DisplayName, LastLogonDate, PasswordNotRequired, PasswordNeverExpires |
            Select-Object -Property SamAccountName, DisplayName, Enabled, SID, LastLogonDate, PasswordNotRequired, PasswordNeverExpires)
    }
}

[IO.File]::WriteAllLines((Join-Path $Path 'missing'), [string[]] $missing, (New-Object Text.UTF8Encoding $false))
$count = @(Get-ChildItem -LiteralPath $Path -Recurse | Where-Object { -not $_.PSIsContainer }).Count - 1
Write-Output "$count files in $Path; $($missing.Count) were not there (listed in the file missing)"
