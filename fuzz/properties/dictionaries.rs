//! Fuzzer dictionaries: keywords of the policy format, the HTTP contract and stored hashes.

use std::collections::BTreeSet;
use std::fmt::Write;

use kouling::Loader;
use kouling::policy::{Parameter, ValueType};
use kouling::standing::FACTS;
use kouling_vector_runner::exchange::{CLIENT, HEADERS, OTHER_CLIENT};

/// Returns the dictionary of a target in libFuzzer format, if it has one.
pub fn of(target: &str) -> Option<String> {
    let evaluation = "password qwerty woaini 1314 zhangsan nasgnahz 张三 username= name= phone=";
    Some(file(&match target {
        "policy" => policy(),
        "population" | "standing" => {
            policy().into_iter().chain(FACTS.iter().map(|fact| fact.name.to_owned())).collect()
        }
        "evaluate" => policy().into_iter().chain(evaluation.split(' ').map(str::to_owned)).collect(),
        "stored_hash" => stored_hash(),
        "word_list" => word_list(),
        "http" => http(),
        _ => return None,
    }))
}

fn file(words: &BTreeSet<String>) -> String {
    let mut text = String::new();
    for word in words {
        text.push('"');
        for byte in word.bytes() {
            match byte {
                b'"' | b'\\' => _ = write!(text, "\\{}", byte as char),
                b' '..=b'~' => text.push(byte as char),
                _ => _ = write!(text, "\\x{byte:02X}"),
            }
        }
        text.push_str("\"\n");
    }
    text
}

fn add_keys(path: &str, keys: &[Parameter], tokens: &mut BTreeSet<String>) {
    for parameter in keys {
        tokens.insert(format!("{} = ", parameter.key));
        let path = if path.is_empty() { parameter.key.to_string() } else { format!("{path}.{}", parameter.key) };
        match &parameter.value {
            ValueType::Table(keys) | ValueType::Tables(keys) => {
                tokens.insert(format!("[{path}]\n"));
                add_keys(&path, keys, tokens);
            }
            ValueType::Rules | ValueType::Map { .. } => _ = tokens.insert(format!("[{path}]\n")),
            ValueType::Choice { keywords } => {
                tokens.extend(keywords.iter().map(|keyword| format!("\"{keyword}\"")))
            }
            _ => {}
        }
    }
}

fn policy() -> BTreeSet<String> {
    let loader = Loader::new();
    let mut words = BTreeSet::new();
    add_keys("", &loader.policy_keys(), &mut words);
    add_keys("", &loader.rule_keys(), &mut words);
    for definition in loader.definitions() {
        let kind = definition.kind();
        words.insert(format!("kind = \"{kind}\"\n"));
        words.insert(format!("[rules.{kind}]\n"));
        add_keys("", definition.parameters().unwrap_or_default(), &mut words);
    }
    words.extend(kouling::policy::source::PRESETS.iter().map(|(name, _)| format!("extends = \"{name}\"\n")));
    let forms = [
        "format = 1\n",
        "[rules.",
        "[[exempt]]\n",
        "= {}",
        "\"\"\"",
        "'''",
        "\"10m\"",
        "\"5/h\"",
        "2027-01-01",
        "0x7f",
        "-1",
        "9223372036854775807",
        "true",
        "false",
        "[\"*\"]",
        "\"./own.txt\"",
        "message = { en = \"{min}\" }",
        "\\u0061",
        "\r\n",
    ];
    words.extend(forms.map(str::to_owned));
    words
}

fn stored_hash() -> BTreeSet<String> {
    let words = "$argon2id$ $argon2i$ $argon2d$ v=19$ v=16$ m=1024,t=2,p=1 ,keyid= ,data= $scrypt$ ln=8,r=4,p=1 \
        $pbkdf2-sha1$ $pbkdf2$ $pbkdf2-sha256$ $pbkdf2-sha512$ i=5000 ,l=32 $2a$ $2b$05$ $2y$ $2x$ $5$ $6$ \
        rounds=1000$ rounds=999999999$ $y$ j9T $gy$ $1$ {SHA} {SSHA} {SHA256} {SSHA256} {SHA384} {SSHA384} \
        {SHA512} {SSHA512} {CRYPT} {ARGON2} 4294967295 4294967296 =";
    words.split(' ').map(str::to_owned).collect()
}

fn word_list() -> BTreeSet<String> {
    ["\u{FEFF}", "\r\n", "\n", "# ", "password", "p@ssw0rd", "İ", "ß", "汉字", "2024!", "word"]
        .map(str::to_owned)
        .into()
}

fn http() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = HEADERS.iter().map(|(name, _)| format!("{name}: ")).collect();
    let others = [
        "X-L: zh",
        "X-device-ip: ",
        "X-Forwarded-For: ",
        "Prefer: report=all",
        "Authorization: Bearer {token}",
        "content-length: 9",
        "content-encoding: gzip",
        "Host: ",
    ];
    words.extend(others.map(|header| format!("{header}\n")));
    let reads = "captcha captcha?kind=work pwd/check-exist pwd/policy /healthz /readyz /metrics /openapi.json \
        /.well-known/jwks.json /login /forgot";
    let writes = "captcha/verify email/send sms/send pwd/update-by-email pwd/update-by-mobile pwd/change login/auth \
        pwd/check";
    words.extend(reads.split(' ').map(|call| format!("GET {call}\n")));
    words.extend(writes.split(' ').map(|call| format!("POST {call}\n")));
    words.extend(["GET /assets/", "HEAD ", "OPTIONS "].map(str::to_owned));
    let fields = "email mobile type captcha_token verify_code password old_password new_password user_name user point_json \
        token sender";
    words.extend(fields.split(' ').map(|field| format!("\"{field}\":")));
    let values = [
        "FORGET_PWD_EMS",
        "UPDATE_PWD_EMS",
        "FORGET_PWD_SMS",
        "UPDATE_PWD_SMS",
        "{code}",
        "{captcha}",
        "{solved}",
        "{token}",
        "{canary}",
        "{password}",
        "zhangsan@example.org",
        "15200000000",
        "zhangsan",
        "null",
        "{}",
        "[]",
        "\\u0000",
        CLIENT,
        OTHER_CLIENT,
    ];
    words.extend(
        values.map(|value| if value.starts_with(['[', 'n']) { value.to_owned() } else { format!("\"{value}\"") }),
    );
    words
}
