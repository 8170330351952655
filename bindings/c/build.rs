//! The name under which programs find the shared library, `libkouling.so.N`, with `N` as `src/abi.rs` has it; and that
//! it stays loaded once it is: a host may open and close it for every password.

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
