"""Which addresses are public: the special ones by name, and whatever wraps one of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.guard import AddressRefused, Guard, is_public, resolve

CLOSED = {
    "this host": "0.0.0.0",
    "loopback": "127.0.0.1",
    "all of loopback": "127.8.8.8",
    "private, large": "10.1.2.3",
    "private, medium": "172.16.0.1",
    "private, small": "192.168.1.1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local": "169.254.169.254",
    "protocol assignments": "192.0.0.8",
    "documentation": "203.0.113.7",
    "benchmarks": "198.18.0.1",
    "relays to 6to4": "192.88.99.1",
    "multicast": "224.0.0.1",
    "global multicast": "233.252.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with its interface": "fe80::1%eth0",
    "a public one with an interface": "2606:2800:21f:cb07::1%eth0",
    "unique local": "fd00::1",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff0e::1",
    "IPv6 documentation": "2001:db8::1",
    "IPv6 documentation, the new one": "3fff::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "6to4 of a private one": "2002:0a00:0001::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped link-local": "::ffff:169.254.169.254",
    "NAT64 of a private one": "64:ff9b::10.0.0.1",
    "local NAT64": "64:ff9b:1::8.8.8.8",
    "not given out": "4000::1",
    "no address": "lms.test",
    "a number": "2130706433",
    "nothing": "",
}


@pytest.mark.parametrize("kind", CLOSED)
def test_what_is_special_is_not_public(kind: str) -> None:
    assert not is_public(CLOSED[kind])


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "129.241.160.1", "2606:2800:21f:cb07::1", "::ffff:93.184.216.34", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(f"64:ff9b::{address}") == is_public(str(address))


@given(st.ip_addresses(v=6))
def test_no_public_address_is_private_to_the_standard_library(address: IPv6Address) -> None:
    assert not (is_public(str(address)) and (address.is_private or address.is_multicast or address.is_link_local))


def test_one_closed_address_closes_the_name() -> None:
    guard = Guard(resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(AddressRefused, match=r"lms\.test is not on the public Internet"):
        guard.addresses("lms.test", 443)


@pytest.mark.parametrize("host", ["moodle.intern.example", "Moodle.Intern.Example", "moodle.intern.example."])
def test_an_internal_host_may_be_private(host: str) -> None:
    guard = Guard(internal_hosts=frozenset({"moodle.intern.example"}), resolve=lambda _host, _port: ["10.0.0.1"])
    assert guard.addresses(host, 443) == ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        guard.addresses("other.intern.example", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "::1"])
def test_however_loopback_is_written_it_is_found_out(host: str) -> None:
    with pytest.raises((AddressRefused, OSError)):
        Guard(resolve=resolve).addresses(host, 443)


@pytest.mark.parametrize("url", ["http://lms.test/", "ftp://lms.test/", "file:///etc/passwd", "//lms.test/", "https"])
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(AddressRefused, match="https://"):
        Guard().check_scheme(url)
    Guard().check_scheme("HTTPS://lms.test/")


def test_plain_http_is_for_development_and_for_internal_hosts() -> None:
    Guard(development=True).check_scheme("http://127.0.0.1:9000/")
    Guard(internal_hosts=frozenset({"lms.test"})).check_scheme("http://lms.test:8080/")
    with pytest.raises(AddressRefused):
        Guard(internal_hosts=frozenset({"lms.test"})).check_scheme("http://other.test\\@lms.test/")
    with pytest.raises(AddressRefused, match="https:// or http://"):
        Guard(development=True).check_scheme("gopher://127.0.0.1/")
