//! The page about tests shows the test that is run.
#![allow(clippy::unwrap_used, reason = "tests")]

#[test]
fn the_page_has_the_test() {
    let read = |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (page, test) = (read("../docs/guides/rust/testing.md"), read("tests/guide.rs"));
    let (_, rest) = page.split_once("```rust\n").unwrap();
    let (code, _) = rest.split_once("```").unwrap();
    assert_eq!(test.split_once("\n\n").unwrap().1, code);
}
