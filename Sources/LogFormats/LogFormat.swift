/// The formats that are told apart, for counting and for people.
package enum LogFormat: UInt8, Sendable, CaseIterable {
    case postfix, dovecot, exim, sendmail, openSMTPD, courier, zimbra, exchangeTracking, exchangeProtocol, w3c, ncsa,
        hMailServer, mailEnable, windowsSecurity, ssh, pam, roundcube, netfilter, filterlog, asa, fortiGate,
        windowsFirewall, vpcFlow, sluice, syslog, unknown

    package var name: String {
        switch self {
        case .postfix: "Postfix"
        case .dovecot: "Dovecot"
        case .exim: "Exim"
        case .sendmail: "Sendmail"
        case .openSMTPD: "OpenSMTPD"
        case .courier: "Courier"
        case .zimbra: "Zimbra"
        case .exchangeTracking: "Exchange message tracking"
        case .exchangeProtocol: "Exchange protocol log"
        case .w3c: "W3C (IIS)"
        case .ncsa: "NCSA (IIS)"
        case .hMailServer: "hMailServer"
        case .mailEnable: "MailEnable"
        case .windowsSecurity: "Windows Security"
        case .ssh: "sshd"
        case .pam: "PAM"
        case .roundcube: "Roundcube"
        case .netfilter: "iptables/nft/ufw"
        case .filterlog: "pf/pfSense filterlog"
        case .asa: "Cisco ASA"
        case .fortiGate: "FortiGate"
        case .windowsFirewall: "Windows firewall"
        case .vpcFlow: "AWS VPC flow"
        case .sluice: "Sluice"
        case .syslog: "other syslog"
        case .unknown: "unknown"
        }
    }
}
