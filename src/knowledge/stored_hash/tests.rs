//! Known-answer tests. The hashes were created by other implementations: argon2-cffi, passlib, the Python `bcrypt`
//! (OpenBSD's code), hashlib, `mkpasswd` and crypt(3) of libxcrypt, slappasswd.

use super::*;

const PASSWORD: &[u8] = b"correct horse";

const KNOWN: &[(&str, Scheme)] = &[
    (
        "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MO33cCFnqSA8SskhR8/i5r/vajJ3mDxwI/Myoh5GZwk",
        Scheme::Argon2id,
    ),
    (
        "$argon2i$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$k74KtOeXRC+Liob2I0b0MKFpIPhXAdb8cojiLViemA4",
        Scheme::Argon2i,
    ),
    (
        "$argon2d$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$fsrNEBg0Xgu7yheqSQ/1yDogMXUDOXjYeNgby4nwnIU",
        Scheme::Argon2d,
    ),
    ("$argon2id$v=16$m=512,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$rZSOegFcmiSBPLAijU7eQA", Scheme::Argon2id),
    // The first format of Argon2 named no version, and meant 16.
    ("$argon2id$m=512,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$rZSOegFcmiSBPLAijU7eQA", Scheme::Argon2id),
    (
        "$argon2id$v=19$m=256,t=1,p=4$c29tZXNhbHQ$M+BKmLG/7VQYn3hXRX7KvParC3/erSO9cEisMhuPNiNtmTw5R0Ki04WuWI72q63jQ7+c4PrNmul3cqGVu5YG4g",
        Scheme::Argon2id,
    ),
    ("$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI", Scheme::Scrypt),
    ("$scrypt$ln=8,r=4,p=3$c2FsdHNhbHRzYWx0c2FsdA$Fw29R794HfEpPaIFyTF/mHdSgGNVskEY0ddttpdjRSw", Scheme::Scrypt),
    ("$pbkdf2-sha1$i=5000,l=20$c2FsdHNhbHRzYWx0c2FsdA$mvWPHEaqUTUuiGafIN0YY4lPWc0", Scheme::Pbkdf2Sha1),
    (
        "$pbkdf2-sha256$i=5000,l=32$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
        Scheme::Pbkdf2Sha256,
    ),
    (
        "$pbkdf2-sha256$i=5000$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
        Scheme::Pbkdf2Sha256,
    ),
    (
        "$pbkdf2-sha256$i=5000,l=48$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP//+27ldElxXsKrJgusKcUa",
        Scheme::Pbkdf2Sha256,
    ),
    (
        "$pbkdf2-sha512$i=5000,l=64$c2FsdHNhbHRzYWx0c2FsdA$uU+/MGtxyyn2e3INAN2V6UwbmYu3eyAorziJE+T7YiJ5EOdMX9RL3oRUhucF7rMjREOPAEHiUAOThZElbS3MjA",
        Scheme::Pbkdf2Sha512,
    ),
    ("$pbkdf2$5000$.//.c2FsdHNhbHQ$U.2YPE4VD6th3uo8kVoGRgkcO54", Scheme::Pbkdf2Sha1),
    ("$pbkdf2-sha256$5000$.//.c2FsdHNhbHQ$0W5fM.FvVCkVfn3xaFv3FRpmKXxyRD7J9dMM3CJwefM", Scheme::Pbkdf2Sha256),
    (
        "$pbkdf2-sha512$5000$.//.c2FsdHNhbHQ$PgnGwmjMfniEDMR9bxq412R6uerEylqxNiDBzBLmCNIUpmataM1Syok/1/qow9KcF2A4tYHFJ24ti.ClKVwTkA",
        Scheme::Pbkdf2Sha512,
    ),
    ("$2a$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", Scheme::Bcrypt),
    ("$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", Scheme::Bcrypt),
    ("$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", Scheme::Bcrypt),
    ("$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC", Scheme::Sha256Crypt),
    (
        "$6$saltstring$.r0X7ub5wGR2v4Xz7svCIozfnlorFh19V89t8KC9Umd81uGhFgsyTRNyzQDXDIm17fFcR9z3z7oBNdsyYBbtm/",
        Scheme::Sha512Crypt,
    ),
    (
        "$6$rounds=1000$$MAtKCwSDBQcRsZx4EQFNZcdGeqdhR4..Fvk.aVF69HxiT.DIHWXc7OXyxT7BpUzTA/i1BYyzedxa6z55z119y0",
        Scheme::Sha512Crypt,
    ),
    ("$y$j9T$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY2", Scheme::Yescrypt),
    ("$y$j75$5FEjNThRYm6S.z542Buwp.$N0p6ng.d1ZdyAjaLIm4KbBtdcv6PWypHhoA31n32Pf/", Scheme::Yescrypt),
    ("$y$j7T$HbUKc5b/Y.BFusG3X2V9T1$2CJxpDKQuKAS4/wJFF6G8TCywehvaheFp3bLDO4y9t1", Scheme::Yescrypt),
    // More than one pass, and the write-once flavour.
    ("$y$j950.1$abcdefghijkl$XN1oVA641YKNlvMYkN8AJSvpxOl6rxCinrvRXhmRj0/", Scheme::Yescrypt),
    ("$y$//T$abcdefghijkl$NRlZBYD/ayEOTuLjegZOqmUWdPhe8JXRcF2FpCr.WF3", Scheme::Yescrypt),
    ("{SSHA}ydsbUEnEgr7jNN2QUJrb/iHiOCrwfVUh", Scheme::LdapSha1),
    ("{ssha}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==", Scheme::LdapSha1),
    ("{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA", Scheme::LdapSha1),
    ("{SSHA256}CFsq5JPfiBQ0W3uR5Dnao+9mknEq9a739V+FPkJ6yjABAgMEBQYHCA==", Scheme::LdapSha256),
    ("{SSHA384}HifEba0mre/qPk1zTkOCivlXqCbKCMIHVZoLT2gNpUWAqKu82zF4HGxJGzZHrBafAQIDBAUGBwg=", Scheme::LdapSha384),
    (
        "{SSHA512}ggObOJHDWCqgI5uFv/j9yDNYMvdTgt+Toj8d6cGrSG/e+E9GbH4DkQ8y5jY3NblhoGens+zNVX1mZaFy0qwRwwECAwQFBgcI",
        Scheme::LdapSha512,
    ),
    ("{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=", Scheme::LdapSha1),
    ("{SHA256}QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=", Scheme::LdapSha256),
    ("{SHA384}ArIKby67E2Cppg9M+QhXNj7UGcAisSFWfOX5HG45Zk+3j9YCNMSli1v8cUWumDKS", Scheme::LdapSha384),
    (
        "{SHA512}VraY3v7bWkNbY0r+MyC7rz/c2SC2xQOkRvx7endrKY1HnRumqLYXgI6wv1ec6aldZoNHvKtxSQhayTyyeZUZew==",
        Scheme::LdapSha512,
    ),
    ("{CRYPT}$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC", Scheme::Sha256Crypt),
    ("{ARGON2}$argon2id$v=16$m=512,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$rZSOegFcmiSBPLAijU7eQA", Scheme::Argon2id),
];

/// Unusual passwords: long, empty, not ASCII, not UTF-8.
const UNUSUAL: &[(&[u8], &str)] = &[
    (
        b"\xff\xfe\x00x",
        "$argon2id$v=19$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$tE7TYRo7MsTSHDWlKyCUEbJrgsJHuyrQUmukB0G1Ky0",
    ),
    (b"", "$argon2id$v=19$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo"),
    (&[b'a'; 72], "$2b$05$abcdefghijklmnopqrstuuGUnCqbfgs3htOkLrFduUjAyLBw1Rq/u"),
    (b"", "$2b$05$abcdefghijklmnopqrstuu0oImNDIy4flhldV9YqunRgBAePKmw7m"),
    (b"\xff\xa3345", "$2b$05$abcdefghijklmnopqrstuu6WgD2zYQDPgxR2sXlUeEeGKknxt95W."),
    (&[b'a'; 300], "$5$rounds=1400$anotherlongsalts$8gIQpqJYW0pLmniFO17CW.pfYFylc8XJjNEs.o9BYGC"),
    (
        "密码".as_bytes(),
        "$6$rounds=10000$saltstringsaltst$/zmV0xO3msyyRLygjmGLChTxXz3A7XTdXjGpXw0eip2XwuooKhV.4aNV.O/pBundP1ZlXkw59zLcIbzKtLF/p1",
    ),
    ("密码".as_bytes(), "$y$j9T$4FMui2.9P8tW2d1y.PmM.1$3y5Mx5pruwd0RaQmia3Pt.TPXSBtUMtu5R4KwI9nWF4"),
];

fn kind(password: &[u8], stored: &str) -> Option<HashErrorKind> {
    verify(password, stored).err().map(|error| error.kind())
}

#[test]
fn known_hashes_verify() {
    const WRONG: [&[u8]; 5] = [b"correct horsf", b"correct hors", b"correct horse ", b"Correct horse", b""];
    let mut seen = Vec::new();
    for &(stored, scheme_expected) in KNOWN {
        assert_eq!(scheme(stored), Ok(scheme_expected), "{stored}");
        assert_eq!(verify(PASSWORD, stored), Ok(true), "{stored}");
        // Hashing is slow: all wrong passwords for the first hash of a scheme, one for the others.
        let count = if seen.contains(&scheme_expected) { 1 } else { WRONG.len() };
        seen.push(scheme_expected);
        for wrong in &WRONG[..count] {
            assert_eq!(verify(wrong, stored), Ok(false), "{stored}");
        }
    }
    for &(password, stored) in UNUSUAL {
        assert_eq!(verify(password, stored), Ok(true), "{stored}");
        assert_eq!(verify(PASSWORD, stored), Ok(false), "{stored}");
    }
}

#[test]
fn bcrypt_password_over_72_bytes_is_refused() {
    // 68 letters and one emoji are 72 bytes, and 69 characters.
    let stored = "$2b$05$abcdefghijklmnopqrstuuk/.1ZWVkxJTjyFqd8jEq7N80uL5J5bm";
    let mut password = format!("{}\u{1F600}", "a".repeat(68));
    assert_eq!(verify(password.as_bytes(), stored), Ok(true));
    password.insert(0, 'a');
    assert_eq!(kind(password.as_bytes(), stored), Some(HashErrorKind::PasswordTooLong));
    let all_a = "$2b$05$abcdefghijklmnopqrstuuGUnCqbfgs3htOkLrFduUjAyLBw1Rq/u";
    assert_eq!(kind(&[b'a'; 73], all_a), Some(HashErrorKind::PasswordTooLong));
    assert_eq!(kind(b"a\0b", all_a), Some(HashErrorKind::PasswordHasNul));
}

#[test]
fn may_be_accepts_truncated_passwords() {
    let all_a = "$2b$05$abcdefghijklmnopqrstuuGUnCqbfgs3htOkLrFduUjAyLBw1Rq/u";
    assert_eq!(may_be(&[b'a'; 72], all_a), Ok(true));
    assert_eq!(may_be(&[b'a'; 80], all_a), Ok(true));
    assert_eq!(may_be(&[b'a'; 71], all_a), Ok(false));
    let mut other = [b'a'; 80];
    other[71] = b'b';
    assert_eq!(may_be(&other, all_a), Ok(false));
    let argon2 = "$argon2id$v=16$m=512,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$rZSOegFcmiSBPLAijU7eQA";
    assert_eq!((may_be(PASSWORD, argon2), may_be(&[b'a'; 600], argon2)), (Ok(true), Ok(false)));
    assert_eq!(may_be(PASSWORD, "plain").map_err(|error| error.kind()), Err(HashErrorKind::UnknownFormat));
}

#[test]
fn crypt_password_over_512_bytes_or_with_nul_is_refused() {
    for stored in [
        "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        "$y$j75$5FEjNThRYm6S.z542Buwp.$N0p6ng.d1ZdyAjaLIm4KbBtdcv6PWypHhoA31n32Pf/",
    ] {
        assert_eq!(verify(&[b'a'; 512], stored), Ok(false));
        assert_eq!(kind(&[b'a'; 513], stored), Some(HashErrorKind::PasswordTooLong));
        assert_eq!(kind(b"correct horse\0", stored), Some(HashErrorKind::PasswordHasNul));
    }
}

#[test]
fn truncated_or_extended_hash_never_verifies() {
    // The format of scrypt allows any hash length, and a shorter hash is a prefix of a longer one.
    for &(stored, _) in KNOWN.iter().filter(|(_, scheme)| *scheme != Scheme::Scrypt) {
        for (end, _) in stored.trim_end_matches('=').char_indices() {
            assert_ne!(verify(PASSWORD, &stored[..end]), Ok(true), "cut at {end}: {stored}");
        }
        let extended = format!("{stored}A");
        assert_ne!(verify(PASSWORD, &extended), Ok(true), "{extended}");
    }
}

#[test]
fn unknown_formats_are_refused() {
    for stored in [
        "",
        "$",
        "{",
        "plain",
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$2x$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$2$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$argon2x$v=19$m=256,t=1,p=1$c2FsdHNhbHQ$BB6K1BG+f7Dkd5bGtyez3h",
        "$argon2id$v=20$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=256,t=1,p=1,data=AAAA$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "{MD5}CY9rzUYh03PK3k6DJie09g==",
        "{SSHA3}AAAA",
        "{SSHA512",
        "{CRYPT}rl.3StKT.4T8M",
        "{CRYPT}{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==",
        "密码",
    ] {
        assert_eq!(kind(PASSWORD, stored), Some(HashErrorKind::UnknownFormat), "{stored}");
    }
}

#[test]
fn malformed_hashes_are_refused() {
    for stored in [
        "$argon2id$",
        "$argon2id$v=19$m=256,t=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$t=1,m=256,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=+256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=0256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=256,t=0,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=4,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA==$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA",
        "$argon2id$v=19$m=256,t=1,p=1$$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=256,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1A",
        "$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
        "$scrypt$ln=10,r=0,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
        "$pbkdf2-sha256$i=0,l=32$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
        "$pbkdf2-sha256$i=5000,l=31$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
        "$2b$03$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$2b$5$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$2b$05$abcdefghijklmnopqrstu!HNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$2b$05$abcdefghijklmnopqrst码HNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$5$rounds=999$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        "$5$rounds=05000$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        "$5$saltstringsaltstr$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqE",
        "$6$saltstring",
        "$y$",
        "$y$j9T",
        "$y$j9T$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY",
        "$y$j9T!$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY2",
        "{SSHA}",
        "{SSHA}!!!!",
        "{SSHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
        "{SHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==",
        "{SSHA256}L55TUjtiq8FBorTWAZ0jy6g129A=",
    ] {
        assert_eq!(kind(PASSWORD, stored), Some(HashErrorKind::Malformed), "{stored}");
    }
    let long = format!("$5${}", "a".repeat(MAX_STORED_LEN));
    assert_eq!(kind(PASSWORD, &long), Some(HashErrorKind::Malformed));
}

// If any hash were computed, this test would not finish.
#[test]
fn costly_hashes_are_refused_before_any_work() {
    for stored in [
        "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=65536,t=4294967295,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$argon2id$v=19$m=65536,t=1,p=16777215$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
        "$scrypt$ln=24,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
        "$scrypt$ln=63,r=4294967295,p=4294967295$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
        "$scrypt$ln=10,r=8,p=1048576$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
        "$pbkdf2-sha1$i=4294967295,l=20$c2FsdHNhbHRzYWx0c2FsdA$mvWPHEaqUTUuiGafIN0YY4lPWc0",
        "$pbkdf2-sha256$i=9000000,l=48$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP//+27ldElxXsKrJgusKcUa",
        "$pbkdf2-sha512$4294967295$.//.c2FsdHNhbHQ$PgnGwmjMfniEDMR9bxq412R6uerEylqxNiDBzBLmCNIUpmataM1Syok/1/qow9KcF2A4tYHFJ24ti.ClKVwTkA",
        "$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$5$rounds=999999999$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        // yescrypt with N = 2^18 blocks of 4 KiB, and one with parameters that overflow every integer type.
        "$y$jFT$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY2",
        "$y$jzzzzzzz$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY2",
    ] {
        let found = kind(PASSWORD, stored);
        let refused = found == Some(HashErrorKind::TooCostly)
            || stored.starts_with("$y$jz") && found == Some(HashErrorKind::Malformed);
        assert!(refused, "{stored}: {found:?}");
    }
}

#[test]
fn sha_crypt_limit_depends_on_password_length() {
    let stored = "$6$rounds=9000000$saltstring$.r0X7ub5wGR2v4Xz7svCIozfnlorFh19V89t8KC9Umd81uGhFgsyTRNyzQDXDIm17fFcR9z3z7oBNdsyYBbtm/";
    assert_eq!(kind(&[b'a'; 512], stored), Some(HashErrorKind::TooCostly));
}

#[test]
fn errors_contain_no_part_of_the_hash() {
    let stored =
        "$argon2id$v=19$m=9999999,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo";
    let message = verify(PASSWORD, stored).map_err(|error| format!("{error} {error:?}"));
    let message = message.err().unwrap_or_default();
    assert!(message.contains("exceed the limit"));
    assert!(!message.contains("9999999") && !message.contains("c2Fsd") && !message.contains("BB6K"));
}
