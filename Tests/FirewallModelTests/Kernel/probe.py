#!/usr/bin/env python3
"""Loads rule sets into the kernel and sends real packets at them. Needs root, ip, nft, iptables and ipset.

usage: probe.py DIRECTORY

Each NAME.nft or NAME.ipt in DIRECTORY is a rule set (an .ipt file begins with a line `4` or `6`; NAME.sets holds its
ipset commands). NAME.probes has a line `interface source destination sport dport` for each SYN to send. For each set are
written: NAME.saved, what the kernel lists, and NAME.result, a line for each probe: `here` (a SYN-ACK came back), `through`
(the SYN came out at the other interface) or `-`. NAME.failed says why a set was not loaded.

Two namespaces are made, joined by two links; the one under test has listeners on all ports of the probes and routes
everything back. A last ARP request on each link tells, by its answer, that all earlier packets are done with: nothing waits.
"""
import ctypes
import os
import socket
import struct
import subprocess
import sys
import time

PORTS = (25, 465, 587, 2525)
MAC_CLIENT = [bytes.fromhex("02000000c000"), bytes.fromhex("02000000c001")]
MAC_SERVER = [bytes.fromhex("020000005000"), bytes.fromhex("020000005001")]
CPU = max(os.sched_getaffinity(0))


def run(*words, data=None):
    done = subprocess.run(words, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def must(*words, data=None):
    code, out, err = run(*words, data=data)
    if code != 0:
        raise SystemExit(f"{' '.join(words)}: {err}")
    return out


def enter(name):
    descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0x40000000) != 0:
        raise SystemExit(f"setns: {os.strerror(ctypes.get_errno())}")
    os.close(descriptor)


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(link, source, destination, sport, dport):
    tcp = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x60, 2, 64240, 0, 0) + b"\x02\x04\x05\xb4"
    if ":" in source:
        s, d = socket.inet_pton(socket.AF_INET6, source), socket.inet_pton(socket.AF_INET6, destination)
        check = checksum(s + d + struct.pack("!II", len(tcp), 6) + tcp)
        head = struct.pack("!IHBB", 0x60000000, len(tcp), 6, 64) + s + d
        kind = 0x86DD
    else:
        s, d = socket.inet_aton(source), socket.inet_aton(destination)
        check = checksum(s + d + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + s + d
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        kind = 0x0800
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    return MAC_SERVER[link] + MAC_CLIENT[link] + struct.pack("!H", kind) + head + tcp


def arp(link, token):
    return (b"\xff" * 6 + MAC_CLIENT[link] + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + MAC_CLIENT[link]
            + socket.inet_aton(token) + b"\0" * 6 + socket.inet_aton(f"192.0.2.{link + 1}"))


def parse(frame):
    """(flags, source, sport, destination, dport) of a TCP packet, else None."""
    kind = frame[12:14]
    if kind == b"\x08\x00" and len(frame) >= 54 and frame[23] == 6:
        at = 14 + (frame[14] & 15) * 4
        s, d = socket.inet_ntop(socket.AF_INET, frame[26:30]), socket.inet_ntop(socket.AF_INET, frame[30:34])
    elif kind == b"\x86\xdd" and len(frame) >= 74 and frame[20] == 6:
        at = 54
        s, d = socket.inet_ntop(socket.AF_INET6, frame[22:38]), socket.inet_ntop(socket.AF_INET6, frame[38:54])
    else:
        return None
    sport, dport = struct.unpack("!HH", frame[at:at + 4])
    return frame[at + 13], s, sport, d, dport


class Bench:
    def __init__(self, name):
        self.server, self.client = f"{name}s", f"{name}c"
        must("ip", "netns", "add", self.server)
        must("ip", "netns", "add", self.client)
        for link in (0, 1):
            must("ip", "link", "add", f"s{link}", "netns", self.server, "address", MAC_SERVER[link].hex(":"), "type", "veth",
                 "peer", "name", f"c{link}", "netns", self.client, "address", MAC_CLIENT[link].hex(":"))
        enter(self.client)
        open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w").write("1")
        must("ip", "-batch", "-", data="link set c0 up\nlink set c1 up\n")
        self.links = []
        for link in (0, 1):
            packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            packets.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
            packets.bind((f"c{link}", 0))
            packets.settimeout(10)
            self.links.append(packets)
        enter(self.server)
        for path, value in (
                ("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1"), ("ipv4/tcp_syncookies", "2"),
                ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/s0/rp_filter", "0"), ("ipv4/conf/s1/rp_filter", "0"),
                ("ipv4/conf/all/send_redirects", "0"), ("ipv4/conf/s0/send_redirects", "0"),
                ("ipv6/conf/s0/accept_dad", "0"), ("ipv6/conf/s1/accept_dad", "0"), ("ipv4/icmp_ratelimit", "0")):
            open(f"/proc/sys/net/{path}", "w").write(value)
        batch = ["link set lo up", "link set s0 up", "link set s1 up"]
        for link in (0, 1):
            batch += [f"addr add 192.0.2.{link + 1}/32 dev s{link}", f"addr add 2001:db8::{link + 1}/128 dev s{link} nodad",
                      f"neigh add 192.0.2.25{4 - link} lladdr {MAC_CLIENT[link].hex(':')} dev s{link} nud permanent",
                      f"neigh add fe80::{link + 1} lladdr {MAC_CLIENT[link].hex(':')} dev s{link} nud permanent"]
        batch += ["addr add 192.0.2.3/32 dev s0", "addr add 2001:db8::3/128 dev s0 nodad",
                  "route add default via 192.0.2.254 dev s0 onlink", "route add default via fe80::1 dev s0 onlink",
                  "route add 203.0.113.0/24 via 192.0.2.253 dev s1 onlink",
                  "route add 2001:db8:f::/48 via fe80::2 dev s1 onlink"]
        must("ip", "-batch", "-", data="\n".join(batch) + "\n")
        self.listeners = []
        for port in PORTS:
            listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("::", port))
            listener.listen(4096)
            self.listeners.append(listener)
        self.tokens = 0

    def close(self):
        for each in self.links + self.listeners:
            each.close()
        for name in (self.server, self.client):
            run("ip", "netns", "del", name)

    def drain(self, link, seen, until=None):
        packets = self.links[link]
        packets.settimeout(10 if until else 0)
        while True:
            try:
                frame, address = packets.recvfrom(2048)
            except (BlockingIOError, socket.timeout):
                if until:
                    raise SystemExit("the namespace under test does not answer ARP")
                return
            if address[2] == socket.PACKET_OUTGOING:
                continue
            if until and frame[12:14] == b"\x08\x06" and frame[38:42] == until:
                return
            packet = parse(frame)
            if packet is None:
                continue
            flags, s, sport, d, dport = packet
            if flags & 0x3F == 0x12:
                seen[(d, dport)] = "here"
            elif flags & 0x3F == 0x02:
                seen[(s, sport)] = "through"

    def probe(self, probes):
        seen = {}
        for interface, s, d, sport, dport in probes:
            link = int(interface[1:])
            self.links[link].send(syn(link, s, d, int(sport), int(dport)))
        self.tokens += 1
        token = f"198.18.{self.tokens >> 8 & 255}.{self.tokens & 255}"
        for link in (0, 1):
            self.links[link].send(arp(link, token))
        for link in (0, 1):
            self.drain(link, seen, until=socket.inet_aton(token))
        for link in (0, 1):
            self.drain(link, seen)
        return [seen.get((s, int(sport)), "-") for _, s, _, sport, _ in probes]


def load(base, kind):
    """None, or why the kernel refused."""
    if kind == "nft":
        code, _, err = run("nft", "-f", f"{base}.nft")
        if code != 0:
            return err
        open(f"{base}.saved", "w").write(must("nft", "-j", "list", "ruleset"))
        return None
    must("nft", "flush", "ruleset")
    family, rules = open(f"{base}.ipt").read().split("\n", 1)
    prefix = "ip6tables" if family == "6" else "iptables"
    sets = ""
    if os.path.exists(f"{base}.sets"):
        must("ipset", "destroy")
        code, _, err = run("ipset", "restore", data=open(f"{base}.sets").read())
        if code != 0:
            return err
        sets = must("ipset", "save")
    code, _, err = run(f"{prefix}-nft-restore", "-w", data=rules)
    if code != 0:
        return err
    open(f"{base}.saved", "w").write(sets + must(f"{prefix}-nft-save"))
    return None


def main():
    os.sched_setaffinity(0, {CPU})
    directory = sys.argv[1]
    names = sorted(n for n in os.listdir(directory) if n.endswith((".nft", ".ipt")))
    bench = Bench(f"fw{os.getpid()}")
    try:
        for name in names:
            base, kind = os.path.join(directory, name.rsplit(".", 1)[0]), name.rsplit(".", 1)[1]
            problem = load(base, kind)
            if problem is not None:
                open(f"{base}.failed", "w").write(problem)
                continue
            probes = [line.split() for line in open(f"{base}.probes")]
            open(f"{base}.result", "w").write("\n".join(bench.probe(probes)) + "\n")
    finally:
        bench.close()


main()
