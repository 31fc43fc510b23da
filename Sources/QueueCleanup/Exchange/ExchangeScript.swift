import Foundation

/// PowerShell for the Exchange Management Shell that suspends, exports and removes chosen messages.
///
/// What comes from outside stands in it only as Base64 of JSON: nothing in a subject or address can become a command.
package enum ExchangeScript {
    package static func text(_ messages: [ExchangeExport.Message]) throws(CleanupError) -> String {
        let data = try JSONLines.encoded(messages)
        let base64 = Data(data).base64EncodedString()
        let lines = stride(from: 0, to: base64.utf8.count, by: 100).map { start in
            let from = base64.utf8.index(base64.startIndex, offsetBy: start)
            return String(base64[from...].prefix(100))
        }
        return head + "$chosen = @'\n" + lines.joined(separator: "\n") + "\n'@\n" + body
    }

    private static let head = """
        # Made by sluice queue exchange. Run it in the Exchange Management Shell of the organisation the export is from.
        # Without -Yes it only tells what it would do. Each message is looked at again first: it must have the sender and the
        # Message-ID that it had in the export. It is suspended, exported to -Archive, and removed without a bounce only when the
        # exported file is there. Bring one back: copy its .eml into the Replay folder of a transport server.
        param([switch]$Yes, [Parameter(Mandatory=$true)][string]$Archive)
        $ErrorActionPreference = 'Stop'

        """

    private static let body = #"""
        $json = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String(($chosen -replace '\s', '')))
        $messages = @($json | ConvertFrom-Json)
        if ($Yes) { New-Item -ItemType Directory -Force -Path $Archive | Out-Null }
        $removed = 0; $gone = 0; $other = 0; $failed = 0
        foreach ($wanted in $messages) {
          try {
            $found = @(Get-Message -Identity $wanted.Identity -ErrorAction SilentlyContinue)
            if ($found.Count -ne 1) { $gone++; continue }
            $now = $found[0]
            if ("$($now.InternetMessageId)" -cne "$($wanted.InternetMessageId)" -or
                "$($now.FromAddress)" -cne "$($wanted.FromAddress)") {
              $other++; Write-Warning "$($wanted.Identity): another message has this identity now; not touched"; continue
            }
            if (-not $Yes) { $removed++; continue }
            Suspend-Message -Identity $wanted.Identity -Confirm:$false
            $name = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash(
              [Text.Encoding]::UTF8.GetBytes($wanted.Identity))).Replace('-', '').Substring(0, 32)
            $file = Join-Path $Archive "$name.eml"
            Export-Message -Identity $wanted.Identity | AssembleMessage -Path $file
            if (-not (Test-Path -LiteralPath $file) -or (Get-Item -LiteralPath $file).Length -eq 0) { throw 'the export is empty' }
            $wanted | ConvertTo-Json -Compress -Depth 3 | Out-File -Append -Encoding utf8 (Join-Path $Archive 'manifest.jsonl')
            Remove-Message -Identity $wanted.Identity -WithNDR $false -Confirm:$false
            $removed++
          } catch { $failed++; Write-Warning "$($wanted.Identity): $($_.Exception.Message)" }
        }
        $word = if ($Yes) { 'removed' } else { 'would be removed (-Yes does it)' }
        Write-Output "$removed $word, $gone had left, $other other messages, $failed failed"

        """#
}
