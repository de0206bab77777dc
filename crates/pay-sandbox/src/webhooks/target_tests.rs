//! The forms by which a target tries to be another host than it looks like.

use super::*;

fn guard(allowed: &[&str]) -> Guard {
    let mut guard = Guard::new(4010);
    allowed.iter().for_each(|host| guard.allow(host).unwrap());
    guard
}

#[test]
fn what_is_this_machine_passes() {
    for url in [
        "http://127.0.0.1/hook",
        "http://127.0.0.1:8080/hook?order=1",
        "http://127.8.9.10:1",
        "http://[::1]:8080/",
        "http://localhost:8080/hook",
        "http://LOCALHOST:8080/hook",
        "http://shop.localhost:8080/hook",
        "HTTP://127.0.0.1:8080/hook",
    ] {
        assert!(guard(&[]).target(url).is_ok(), "{url}");
    }
    let target = guard(&[]).target("http://localhost:8080?x=1").unwrap();
    assert_eq!((target.authority().as_str(), target.path.as_str()), ("localhost:8080", "/?x=1"));
}

/// Each of these is another way to another host, or to this one by a back door.
const FORMS: [&str; 76] = [
    // IPv4 in other spellings: decimal, octal, hexadecimal, short, padded, mixed.
    "http://2130706433/",
    "http://2852039166/latest/meta-data",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://0x7F.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.01/",
    "http://127.0.0.1./",
    "http://127.0.0.1..",
    "http://127.00.00.01/",
    "http://127.0.0.256/",
    "http://127.0.0.1.1/",
    "http://0251.0376.0251.0376/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://169.0xfea9fe/",
    // Addresses that are not this machine.
    "http://0.0.0.0/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://8.8.8.8/",
    // IPv6, and IPv4 inside of it.
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[::1%lo]/",
    "http://[::1/",
    "http://::1/",
    // User names and separators that hide the host.
    "http://127.0.0.1@evil.example/",
    "http://evil.example@127.0.0.1/",
    "http://user:password@127.0.0.1/",
    "http://127.0.0.1%40evil.example/",
    "http://127.0.0.1\\@evil.example/",
    "http://evil.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1/",
    "http://127.0.0.1#@evil.example:80@/\\",
    "http://127.0.0.1:80:80/",
    "http://127.0.0.1:80@evil.example/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "127.0.0.1:8080/hook",
    "http:///hook",
    "http://",
    "http:// 127.0.0.1/",
    "http://127.0.0.1/\r\nHost: evil.example",
    "http://127.0.0.1\t/",
    "http://%31%32%37.0.0.1/",
    // Names, dots and digits of other alphabets.
    "http://evil.example/",
    "http://localhost.evil.example/",
    "http://localhost./",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://ⓛocalhost/",
    "http://localho\u{17f}t/",
    // Other schemes and ports.
    "https://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:4010/_sandbox/reset",
];

#[test]
fn every_other_form_is_refused() {
    for url in FORMS {
        assert!(guard(&[]).target(url).is_err(), "{url}");
        // An allowed host is no way in for the others.
        assert!(guard(&["shop.example"]).target(url).is_err(), "{url}");
    }
}

#[test]
fn the_reason_is_told() {
    for (url, why) in [
        ("http://user:password@127.0.0.1/", "user name"),
        ("https://127.0.0.1/", "plain HTTP only"),
        ("http://2130706433/", "number"),
        ("http://127.0.0.1:4010/", "sandbox itself"),
        ("http://shop.example/", "--allow-webhook-host"),
        ("http://127.0.0.1:0/", "port"),
    ] {
        assert!(guard(&[]).target(url).unwrap_err().contains(why), "{url}");
    }
}

#[test]
fn an_allowed_host_is_that_host_and_no_other() {
    let guard = guard(&["shop.example", "10.0.0.7", "[fd00::7]"]);
    for url in ["http://shop.example/hook", "http://Shop.Example:81/", "http://10.0.0.7/", "http://[fd00::7]:81/"] {
        assert!(guard.target(url).is_ok(), "{url}");
    }
    for url in
        ["http://shop.example.evil.example/", "http://notshop.example/", "http://a.shop.example/", "http://10.0.0.70/"]
    {
        assert!(guard.target(url).is_err(), "{url}");
    }
    assert_eq!(guard.allowed(), ["10.0.0.7", "fd00::7", "shop.example"]);
}

#[test]
fn what_is_no_host_cannot_be_allowed() {
    for host in
        ["", "http://shop.example", "shop.example:80", "*", "*.example", "0x7f.1", "2130706433", "a b", "shop.", "[::1"]
    {
        assert!(Guard::default().allow(host).is_err(), "{host}");
    }
}

#[test]
fn a_name_is_judged_by_every_address_that_it_stands_for() {
    let guard = guard(&["shop.example", "169.254.1.1"]);
    let target = guard.target("http://shop.example:8080/").unwrap();
    let judge = |addresses: &[&str]| {
        let addresses: Vec<SocketAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
        guard.resolved(&target, &addresses)
    };
    // The user named the host: a private network is where a container lives.
    for good in ["127.0.0.1:8080", "[::1]:8080", "93.184.216.34:8080", "10.1.2.3:8080", "169.254.1.1:8080"] {
        assert!(judge(&[good]).is_ok(), "{good}");
    }
    for bad in [
        "169.254.169.254:8080",
        "0.0.0.0:8080",
        "0.1.2.3:8080",
        "224.0.0.1:8080",
        "255.255.255.255:8080",
        "[::]:8080",
        "[::ffff:127.0.0.1]:8080",
        "[::ffff:169.254.169.254]:8080",
        "[64:ff9b::a9fe:a9fe]:8080",
        "[fe80::1]:8080",
        "127.0.0.1:4010",
    ] {
        assert!(judge(&[bad]).is_err(), "{bad}");
        assert!(judge(&["93.184.216.34:8080", bad]).is_err(), "{bad} beside a good one");
    }
    assert!(judge(&[]).is_err());
}

#[test]
fn a_name_of_this_machine_never_leads_elsewhere() {
    let guard = guard(&["localhost"]);
    let target = guard.target("http://localhost:8080/").unwrap();
    assert!(guard.resolved(&target, &["10.0.0.1:8080".parse().unwrap()]).is_err());
    let unlisted = Host::Name("evil.example".to_owned());
    assert!(guard.may_connect(&unlisted, "10.0.0.1:80".parse().unwrap()).is_err());
}

#[test]
fn the_log_shows_no_secret_of_a_target() {
    assert_eq!(shown("http://user:secret@shop.example:81/hook?token=secret#x"), "http://shop.example:81/hook");
    assert_eq!(shown("user:secret@shop.example"), "shop.example");
    assert_eq!(shown("http://127.0.0.1/a\nb"), "http://127.0.0.1/ab");
    assert_eq!(shown(&"x".repeat(500)).len(), 200);
}
