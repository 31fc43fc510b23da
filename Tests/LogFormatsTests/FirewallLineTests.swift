import Testing

/// Firewalls: who was let through to which port.
struct FirewallLineTests {
    static let lines: [(String, String)] = [
        (
            "Nov 24 08:30:00 gw kernel: [99.1] [UFW BLOCK] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.8 DST=192.0.2.1 LEN=40 TTL=245 ID=1 PROTO=TCP SPT=4000 DPT=25 WINDOW=1024 SYN",
            "iptables/nft/ufw: drop 203.0.113.8:4000 192.0.2.1:25 incoming"
        ),
        (
            "Nov 24 08:30:00 gw kernel: SMTP-OUT IN= OUT=eth0 SRC=192.0.2.1 DST=198.51.100.9 LEN=60 PROTO=TCP SPT=40000 DPT=25 SYN UID=33 GID=33",
            "iptables/nft/ufw: accept 192.0.2.1:40000 198.51.100.9:25 outgoing"
        ),
        (
            "101 1 tap1-IN 24/Nov/2026:08:30:00 +0100 REJECT: IN=f1 OUT=f1 SRC=2001:db8::8 DST=2001:db8::17 LEN=40 PROTO=TCP SPT=5 DPT=22 SYN",
            "iptables/nft/ufw: drop 2001:db8::8:5 2001:db8::17:22 forwarded"
        ),
        (
            "Nov 24 08:30:00 fw filterlog[9]: 53,,,1000000301,em0,match,pass,in,4,0x0,,64,420,0,none,6,tcp,460,203.0.113.8,192.0.2.1,53742,25,420,PA,1:2,3,65535,,",
            "pf/pfSense filterlog: accept 203.0.113.8:53742 192.0.2.1:25 incoming"
        ),
        (
            "<134>1 2026-11-24T08:30:00+00:00 fw filterlog 92 - - 7,,,100,vt0,match,block,in,6,0x00,0x07c63,64,TCP,6,44,2001:db8::8,2001:db8::1,65382,443,0,S,1,,0,,mss",
            "pf/pfSense filterlog: drop 2001:db8::8:65382 2001:db8::1:443 incoming"
        ),
        (
            "Nov 24 2026 08:30:00 asa : %ASA-6-302013: Built outbound TCP connection 7 for outside:198.51.100.9/25 (198.51.100.9/25) to inside:10.0.0.5/40000 (192.0.2.1/40000)",
            "Cisco ASA: accept 10.0.0.5:40000 198.51.100.9:25 outgoing"
        ),
        (
            "Nov 24 08:30:00 asa %ASA-4-106023: Deny tcp src outside:203.0.113.8/4000 dst inside:192.0.2.1/25 by access-group \"out\" [0x0, 0x0]",
            "Cisco ASA: drop 203.0.113.8:4000 192.0.2.1:25 unknown"
        ),
        (
            "Nov 24 08:30:00 asa %ASA-6-106100: access-list in permitted tcp outside/203.0.113.8(4000) -> inside/192.0.2.1(25) hit-cnt 3 300-second interval",
            "Cisco ASA: accept 203.0.113.8:4000 192.0.2.1:25 unknown"
        ),
        (
            "date=2026-11-24 time=08:30:00 devname=\"fg\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" srcip=10.0.0.5 srcport=40000 srcintfrole=\"lan\" dstip=198.51.100.9 dstport=25 dstintfrole=\"wan\" proto=6 action=\"close\"",
            "FortiGate: accept 10.0.0.5:40000 198.51.100.9:25 outgoing"
        ),
        (
            "2 123456789010 eni-0a 172.31.16.139 198.51.100.9 20641 25 6 20 4249 1795509000 1795509060 ACCEPT OK",
            "AWS VPC flow: accept 172.31.16.139:20641 198.51.100.9:25 unknown"
        ),
    ]

    @Test(arguments: lines) func reads(line: String, told: String) { #expect(Lines.story([line]) == told) }

    @Test func windowsFirewallAndVPCFollowTheirHeaders() {
        #expect(
            Lines.story([
                "#Version: 1.5",
                "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path",
                "2026-11-24 08:30:00 ALLOW TCP 192.0.2.1 198.51.100.9 50000 25 0 - 0 0 0 - - - SEND",
            ]) == "Windows firewall: accept 192.0.2.1:50000 198.51.100.9:25 outgoing")
        #expect(
            Lines.story([
                "version srcaddr dstaddr srcport dstport protocol start end action flow-direction",
                "5 10.0.0.5 198.51.100.9 40000 25 6 1795509000 1795509060 ACCEPT egress",
            ]) == "AWS VPC flow: accept 10.0.0.5:40000 198.51.100.9:25 outgoing")
    }
}
