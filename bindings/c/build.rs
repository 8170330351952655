//! Linker flags of the shared library: the SONAME `libkouling.so.N`, with `N` from `src/abi.rs`, and `nodelete`, so that it
//! stays loaded if a host opens and closes it for every password.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/abi.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    let source = include_str!("src/abi.rs");
    let number = source.split("KOULING_ABI: u32 = ").nth(1).and_then(|rest| rest.split(';').next());
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libkouling.so.{}", number.unwrap_or("0"));
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
