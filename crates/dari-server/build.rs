//! Builds anew when the page was built anew: its files become part of the program.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
